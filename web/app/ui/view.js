// The template functions, and the few parts that every screen uses.
import { html, nothing, render, svg } from "../../vendor/lit-html/lit-html.js";

export { html, nothing, render, svg };

/** @type {Record<string, string>} */
const SHAPES = {
  add: "M8 3v10M3 8h10",
  check: "M3 8.5l3.5 3.5L13 4.5",
  close: "M4 4l8 8M12 4l-8 8",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5L14 14",
  down: "M4 6l4 4 4-4",
  up: "M4 10l4-4 4 4",
  right: "M6 4l4 4-4 4",
  left: "M10 4L6 8l4 4",
  print: "M4 6V2h8v4M4 12H2V6h12v6h-2M4 10h8v4H4z",
  download: "M8 2v8M4.5 7L8 10.5 11.5 7M3 13.5h10",
  edit: "M3 13l1-3.5L11 2.5l2.5 2.5-7 7L3 13z",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  filter: "M2 3.5h12L9.5 8.5V13l-3-1.5v-3z",
  link: "M6.5 9.5l3-3M7 5l1.5-1.5a2.5 2.5 0 0 1 4 4L11 9M9 11l-1.5 1.5a2.5 2.5 0 0 1-4-4L5 7",
  warn: "M8 2l6.5 11.5h-13zM8 6v4M8 11.7v.6",
  star: "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
};

/** A drawing beside text, never instead of it. */
export const icon = (/** @type {string} */ name) =>
  svg`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=${SHAPES[name]}></path></svg>`;

/** Puts a template into a place that may hold something else already.
 * @param {HTMLElement} place
 * @param {unknown} template */
export function mount(place, template) {
  if (!place.$ours) place.replaceChildren();
  place.$ours = true;
  render(template, place);
}

/** @type {Record<string, string>} */
const TONES = { ok: "ok", warn: "warn", bad: "bad", info: "info", mute: "mute" };
export const badge = (/** @type {string} */ text, /** @type {string | undefined} */ tone) =>
  html`<span class="badge ${TONES[tone ?? ""] ?? "mute"}">${text}</span>`;

/** The one dialog of the page. */
export const theDialog = () => /** @type {HTMLDialogElement} */ (document.getElementById("dialog"));

/** What was typed into a field of one of our forms.
 * @param {HTMLFormElement} form
 * @param {string} name */
export const entered = (form, name) => String(new FormData(form).get(name) ?? "").trim();

/** The part of a screen that its own template has made.
 * @param {ParentNode} place
 * @param {string} selector */
export const within = (place, selector) => /** @type {HTMLElement} */ (place.querySelector(selector));

export const note = (/** @type {string} */ text, tone = "info") => html`<p class="note ${tone}">${text}</p>`;

/** Nothing here: why, and what to do. */
export const empty = (
  /** @type {string} */ title,
  /** @type {string} */ advice,
  /** @type {unknown} */ action = nothing,
) =>
  html`<div class="empty">
    <p><strong>${title}</strong></p>
    <p>${advice}</p>
    ${action}
  </div>`;

export const busy = (text = "Lecture…") => html`<p class="busy" role="status">${text}</p>`;

let spoken = 0;
/** Says a sentence to those who listen, shows it to those who look; `undo` is a way back for ten seconds.
 * @param {string} text
 * @param {(() => void) | undefined} [undo] */
export function toast(text, undo) {
  const place = within(document, "#toasts");
  const line = document.createElement("p");
  line.id = `toast-${++spoken}`;
  line.className = "toast";
  place.append(line);
  const end = () => line.remove();
  render(
    html`<span>${text}</span> ${undo
        ? html`<button
            type="button"
            @click=${() => {
              end();
              undo();
            }}
          >
            Annuler
          </button>`
        : nothing}
      <button type="button" class="quiet" aria-label="Fermer ce message" @click=${end}>${icon("close")}</button>`,
    line,
  );
  setTimeout(end, 10000);
}

/** Leaves the page's title and the focus where a screen begins.
 * @param {string} text */
export function heading(text) {
  document.title = `${text} — maillage`;
}

/** Gives text to the visitor as a file.
 * @param {string} name
 * @param {string} text
 * @param {string} type */
export function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
