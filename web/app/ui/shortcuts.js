// One-key shortcuts. They can be switched off, never act in a field, and the list of them is the key "?".
import { go, link } from "../core/router.js";
import { choices } from "../core/store.js";
import { html, icon, render, theDialog, within } from "./view.js";

export const LIST = [
  ["/", "Rechercher"],
  ["g puis s", "Structures"],
  ["g puis d", "Délégations"],
  ["g puis p", "PASS IAE"],
  ["g puis c", "Chiffres"],
  ["g puis m", "Ma semaine"],
  ["n", "Nouvelle fiche, dans une liste"],
  ["e", "Modifier, sur une fiche"],
  ["j et k", "Ligne suivante, précédente"],
  ["?", "Cette liste"],
];
/** @type {Record<string, string[]>} */
const PLACES = { s: ["structures"], d: ["delegations"], p: ["calculateur"], c: ["chiffres"], m: [] };

export const switchedOff = () => choices.read("shortcuts-off", false);
export const switchOff = (/** @type {any} */ value) => choices.keep("shortcuts-off", value);

const typing = (/** @type {EventTarget | null} */ target) =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog");
let going = 0;

/** @param {number} step */
function row(step) {
  const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main .row-link")]);
  const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
}

export function showList() {
  const dialog = theDialog();
  const opener = /** @type {HTMLElement | null} */ (document.activeElement);
  render(
    html`<h2>Raccourcis</h2>
      <dl class="keys">
        ${LIST.map(
          ([key, what]) =>
            html`<div>
              <dt><kbd>${key}</kbd></dt>
              <dd>${what}</dd>
            </div>`,
        )}
      </dl>
      <label class="check"
        ><input
          type="checkbox"
          .checked=${switchedOff()}
          @change=${(/** @type {ControlEvent} */ event) => switchOff(event.target.checked)}
        />
        Désactiver les raccourcis d’une touche</label
      >
      <p class="actions">
        <button type="button" class="main" @click=${() => dialog.close()}>${icon("check")} Fermer</button>
      </p>`,
    dialog,
  );
  dialog.setAttribute("aria-label", "Raccourcis");
  dialog.addEventListener("close", () => opener?.focus?.(), { once: true });
  dialog.showModal();
}

/** @type {Record<string, () => void>} */
const ACTS = {
  "/": () => document.getElementById("search")?.focus(),
  "?": showList,
  j: () => row(1),
  k: () => row(-1),
  n: () => within(document, '[data-shortcut="n"]')?.click(),
  e: () => within(document, '[data-shortcut="e"]')?.click(),
};

export function listen() {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || switchedOff()) return;
    if (Date.now() - going < 1500 && PLACES[event.key]) {
      going = 0;
      event.preventDefault();
      go(link(PLACES[event.key]));
      return;
    }
    going = event.key === "g" ? Date.now() : 0;
    if (ACTS[event.key]) {
      event.preventDefault();
      ACTS[event.key]();
    }
  });
  // A menu closes when the visitor goes elsewhere.
  addEventListener("click", (event) => {
    for (const open of openMenus()) if (!open.contains(/** @type {Node} */ (event.target))) open.open = false;
  });
}

/** @returns {NodeListOf<HTMLDetailsElement>} */
const openMenus = () => document.querySelectorAll("details.choice[open]");

function closeMenus() {
  const [open] = openMenus();
  if (!open) return;
  open.open = false;
  open.querySelector("summary")?.focus();
}
