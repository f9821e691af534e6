// Charts as SVG with real text: horizontal bars, grouped or stacked columns, a line. Each comes with a sentence computed
// from its numbers, its table and its file; the drawing alone is never the only way to read them.
import { euro, minutes, number, today } from "../core/formats.js";
import { csv, plainTable } from "./table.js";
import { html, icon, save, svg } from "./view.js";

const WIDTH = 720;

// How the values of a chart are written: on screen with their unit, in a file as a number that can be added up.
const COUNTS = { shown: number, filed: number, axis: (/** @type {any} */ value) => number(Math.round(value)) };
/** @type {Record<string, Scale>} */
const MEASURES = {
  money: {
    shown: euro,
    filed: (cents) => number(cents / 100),
    axis: (cents) => `${number(Math.round(cents / 100))}\u00a0€`,
  },
  minutes: {
    shown: minutes,
    filed: (value) => number(Math.round((value / 60) * 100) / 100),
    axis: (value) => `${number(Math.round(value / 60))}\u00a0h`,
  },
};
const measureOf = (/** @type {Field | undefined} */ field) => MEASURES[field?.kind ?? ""] ?? COUNTS;

/** What a file says above a column of this field: the unit that its numbers have there. */
const headOf = (/** @type {Field} */ field, /** @type {string} */ head) =>
  ({ money: `${head} (€)`, minutes: `${head} (heures)` })[field?.kind] ?? head;

/** Sentence about [{label, value}]: total, first, share. `field` says what the values are; without it they are counts.
 * @param {Row[]} rows
 * @param {string} noun
 * @param {Field} [field] */
export function sentence(rows, noun, field) {
  const { shown } = measureOf(field);
  const known = rows.filter((row) => typeof row.value === "number");
  const total = known.reduce((sum, row) => sum + row.value, 0);
  const most = known.reduce((best, row) => (row.value > (best?.value ?? -Infinity) ? row : best), known[0]);
  if (!most || !total) return `Aucune donnée pour ${noun}.`;
  return `En tête : ${most.label}, ${shown(most.value)} sur ${shown(total)} (${number(Math.round((most.value / total) * 1000) / 10)} %).`;
}

/** Sentence about [{label, value, before}]: the largest rise and the largest fall.
 * @param {Row[]} rows
 * @param {string} from
 * @param {string} to
 * @param {Field} [field] */
export function changeSentence(rows, from, to, field) {
  const { shown } = measureOf(field);
  const moved = rows.map((row) => ({ label: row.label, by: row.value - row.before })).filter((row) => row.by);
  const sign = (/** @type {number} */ by) => `${by > 0 ? "+" : "−"}${shown(Math.abs(by))}`;
  if (!moved.length) return `Aucun changement entre ${from} et ${to}.`;
  const rise = moved.reduce((best, row) => (row.by > best.by ? row : best)),
    fall = moved.reduce((best, row) => (row.by < best.by ? row : best));
  const said = [];
  if (rise.by > 0) said.push(`la plus forte hausse : ${rise.label}, ${sign(rise.by)}`);
  if (fall.by < 0) said.push(`la plus forte baisse : ${fall.label}, ${sign(fall.by)}`);
  return `Entre ${from} et ${to}, ${said.join(" ; ")}.`;
}

const cut = (/** @type {string} */ text, /** @type {number} */ most) =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

// Labels and numbers are text of the page, only the bars are drawn: so they wrap and stay readable on a small screen.
/** @param {Row[]} rows
 * @param {string} title
 * @param {Row} options */
function bars(rows, title, { cell }) {
  const most = Math.max(
    1,
    ...rows.flatMap((row) => row.values.map((/** @type {any} */ value) => Math.abs(value ?? 0))),
  );
  const one = (/** @type {any} */ value, /** @type {number} */ at) =>
    html`<span class="one"
      ><svg viewBox="0 0 100 10" preserveAspectRatio="none">
        <rect class="f${at + 1}" width=${(Math.abs(value ?? 0) / most) * 100} height="10"></rect></svg
      ><span class="number">${cell(value)}</span></span
    >`;
  return html`<ul class="bars" aria-hidden="true">
    ${rows.map((row) => html`<li><span>${row.label}</span><span>${row.values.map(one)}</span></li>`)}
  </ul>`;
}

// Too wide for a small screen, a drawing over time is moved sideways in its own region.
const drawn = (/** @type {Row} */ shape, /** @type {string} */ title) =>
  html`<div class="scroll bare" tabindex="0" role="region" aria-label=${title}>${shape}</div>`;

/** Lines of the scale with what they stand for; one that would repeat another's number is left out.
 * @param {number} most
 * @param {number} left
 * @param {(value: number) => number} y
 * @param {(value: number) => string} axis */
function scale(most, left, y, axis) {
  const lines = [0, 0.5, 1]
    .map((share) => ({ at: y(share * most), text: axis(share * most) }))
    .filter(({ text }, index, all) => all.findIndex((one) => one.text === text) === index);
  return lines.map(
    ({ at, text }) =>
      svg`<line class="axis" x1=${left} x2=${WIDTH} y1=${at} y2=${at}></line><text class="soft" x=${left - 6} y=${at + 4} text-anchor="end">${text}</text>`,
  );
}
const widthOf = (/** @type {string} */ text) => Math.max(44, 12 + text.length * 7);

/** Stacked columns over months or years: [{label, values: [..]}].
 * @param {Row[]} rows
 * @param {string} title
 * @param {Row} options */
function columns(rows, title, { axis }) {
  const height = 260,
    bottom = 34;
  const totals = rows.map((row) =>
    row.values.reduce((/** @type {number} */ sum, /** @type {any} */ value) => sum + (value ?? 0), 0),
  );
  const most = Math.max(1, ...totals),
    left = widthOf(axis(most)),
    step = (WIDTH - left) / Math.max(1, rows.length),
    every = Math.ceil(rows.length / 12);
  const y = (/** @type {any} */ value) => (height - bottom) * (1 - value / most) + 8;
  return drawn(
    svg`<svg viewBox="0 0 ${WIDTH} ${height}" aria-hidden="true">
    ${scale(most, left, y, axis)}
    ${rows.map((row, index) => {
      let base = 0;
      return svg`${row.values.map((/** @type {any} */ value, /** @type {number} */ at) => {
        const top = base + (value ?? 0);
        const shape = svg`<rect class="f${at + 1}" x=${left + index * step + step * 0.12} width=${step * 0.76} y=${y(top)} height=${Math.max(0, y(base) - y(top))}></rect>`;
        base = top;
        return shape;
      })}
      ${index % every === 0 ? svg`<text class="soft" x=${left + index * step + step / 2} y=${height - 10} text-anchor="middle">${cut(row.label, 10)}</text>` : ""}`;
    })}</svg>`,
    title,
  );
}

/** @param {Row[]} rows
 * @param {string} title
 * @param {Row} options */
function line(rows, title, { axis }) {
  const height = 240,
    bottom = 42;
  const values = rows.map((row) => row.values[0] ?? 0),
    most = Math.max(1, ...values),
    left = widthOf(axis(most)),
    step = (WIDTH - left - 20) / Math.max(1, rows.length - 1),
    every = Math.ceil(rows.length / 12);
  const y = (/** @type {any} */ value) => (height - bottom) * (1 - value / most) + 12;
  return drawn(
    svg`<svg viewBox="0 0 ${WIDTH} ${height}" aria-hidden="true">
    ${scale(most, left, y, axis)}
    <path class="line1" d=${`M${values.map((value, index) => `${left + index * step} ${y(value)}`).join("L")}`}></path>
    ${rows.map((row, index) => (index % every === 0 || index === rows.length - 1 ? svg`<circle class="f1" cx=${left + index * step} cy=${y(values[index])} r="3"></circle><text class="soft" x=${left + index * step} y=${height - 10} text-anchor="middle">${cut(row.label, 10)}</text>` : ""))}</svg>`,
    title,
  );
}

// A table whose cells are shaded by their size; roots, so that one peak does not make the rest look empty.
/** @param {Row[]} rows
 * @param {string} title
 * @param {Row} options */
function heat(rows, title, { cell, heads, first }) {
  const most = Math.max(1, ...rows.flatMap((row) => row.values.map((/** @type {any} */ value) => value ?? 0)));
  const shade = (/** @type {any} */ value) => (value ? `t${Math.max(1, Math.ceil(Math.sqrt(value / most) * 5))}` : "");
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${title}>
    <table class="heat">
      <caption class="sr">
        ${title}
      </caption>
      <thead>
        <tr>
          ${[first, ...heads].map((text, at) => html`<th scope="col" class=${at ? "number" : ""}>${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${row.label}</th>
              ${row.values.map(
                (/** @type {any} */ value) => html`<td class="number ${shade(value)}">${cell(value)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @type {Record<string, (rows: Bar[], title: string, own: Drawing) => unknown>} */
const KINDS = { bars, columns, line };

const written = (/** @type {(value: number) => string} */ write) => (/** @type {any} */ value) =>
  value === null || value === undefined ? "caché" : typeof value === "number" ? write(value) : value;

/**
 * A figure: title, computed sentence, drawing, table, file. rows: [{label, values}], heads: names of the values; a value that
 * is null is hidden. `field` of the contract says what the values are; without it they are counts. The kinds "table" and
 * "heat" are their own table.
 * @param {Row} options */
export function chart({ title, said, heads, rows, field, kind = "bars", first = "", file = "chiffres" }) {
  const { shown, filed, axis } = measureOf(field);
  const lines = (/** @type {(value: number) => string} */ write) =>
    rows.map((/** @type {Row} */ row) => [row.label, ...row.values.map(written(write))]);
  const download = () => {
    const columns = [first, ...heads.map((/** @type {string} */ head) => headOf(field, head))];
    save(`${file}-${today()}.csv`, csv(columns, lines(filed)), "text/csv;charset=utf-8");
  };
  const own = { cell: written(shown), axis, heads, first };
  const beside = plainTable(title, [first, ...heads], lines(shown));
  return html`<figure class="drawing card">
    <figcaption>
      <h2>${title}</h2>
      ${said ? html`<p>${said}</p>` : ""}
    </figcaption>
    ${heads.length > 1 && kind !== "table" && kind !== "heat"
      ? html`<ul class="legend">
          ${heads.map(
            (/** @type {string} */ head, /** @type {number} */ at) =>
              html`<li>
                <svg viewBox="0 0 10 10" aria-hidden="true">
                  <rect class="f${at + 1}" width="10" height="10" rx="2"></rect></svg
                >${head}
              </li>`,
          )}
        </ul>`
      : ""}
    ${kind === "heat"
      ? heat(rows, title, own)
      : kind === "table"
        ? beside
        : html`${KINDS[kind](rows, title, own)}
            <details>
              <summary>Tableau</summary>
              ${beside}
            </details>`}
    <p class="tools no-print">
      <button type="button" @click=${download}>${icon("download")} CSV</button>
      <button type="button" @click=${() => print()}>${icon("print")} Imprimer</button>
    </p>
  </figure>`;
}
