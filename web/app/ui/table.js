// The one table: sort buttons in its head, the first cell leads to the record, numbers stand to the right.
import { isNumeric, show } from "./value.js";
import { repeat } from "./directives.js";
import { html, icon, nothing } from "./view.js";

/** @param {Field} field
 * @param {TableOptions} options */
function head(field, { sorts, sort, sortBy }) {
  const ascending = sort === field.name,
    descending = sort === `-${field.name}`;
  const order = ascending ? "ascending" : descending ? "descending" : sorts?.includes(field.name) ? "none" : nothing;
  return html`<th scope="col" class=${isNumeric(field) ? "number" : ""} aria-sort=${order}>
    ${sorts?.includes(field.name)
      ? html`<button type="button" class="sort" @click=${() => sortBy?.(ascending ? `-${field.name}` : field.name)}>
          ${field.title} ${ascending ? icon("up") : descending ? icon("down") : html`<span class="sr">: trier</span>`}
        </button>`
      : field.title}
  </th>`;
}

/** columns: fields. Options: caption, href(row), sorts, sort, sortBy(key), mark(row) (class of a row).
 * @param {Field[]} columns
 * @param {Row[]} rows */
export function table(columns, rows, /** @type {TableOptions} */ options = {}) {
  const cell = (/** @type {Field} */ field, /** @type {Row} */ row, /** @type {number} */ index) => {
    const shown = show(field, row[field.name], row);
    const href = index === 0 ? options.href?.(row) : null;
    // A record without what would name it, somebody whose identity has left for instance, is still opened by its name.
    const nameless = row[field.name] === null || row[field.name] === undefined || row[field.name] === "";
    const content = href ? html`<a class="row-link" href=${href}>${nameless ? "Voir la fiche" : shown}</a>` : shown;
    return index === 0
      ? html`<th scope="row" class=${isNumeric(field) ? "number" : ""}>${content}</th>`
      : html`<td class=${isNumeric(field) ? "number" : ""}>${content}</td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${options.caption}>
    <table>
      <caption class=${options.showCaption ? "" : "sr"}>
        ${options.caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((field) => head(field, options))}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          rows,
          (row, index) => row.id ?? index,
          (row) =>
            html`<tr class=${options.mark?.(row) ?? ""}>
              ${columns.map((field, index) => cell(field, row, index))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A small table of ready-made cells, for charts and summaries.
 * @param {string} caption
 * @param {string[]} heads
 * @param {any[][]} rows */
export function plainTable(caption, heads, rows, { showCaption = false } = {}) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class=${showCaption ? "" : "sr"}>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((text, index) => html`<th scope="col" class=${index ? "number" : ""}>${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...others]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${others.map((text) => html`<td class="number">${text}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const quoted = (/** @type {string} */ text) => (/[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
// A cell that a spreadsheet would run as a formula is text.
const harmless = (/** @type {string} */ text) =>
  /^[=+\-@\t\r]/.test(text) && !/^-?[\d\u202f]+(,\d+)?$/.test(text) ? `'${text}` : text;

/** Lines for a French spreadsheet: mark of UTF-8, semicolons, decimal commas.
 * @param {string[]} heads
 * @param {any[][]} rows */
export function csv(heads, rows) {
  const line = (/** @type {any[]} */ cells) =>
    cells.map((/** @type {string} */ cell) => quoted(harmless(String(cell).replace(/[\u00a0\u202f]/g, "")))).join(";");
  return `\ufeff${[heads, ...rows].map(line).join("\r\n")}\r\n`;
}
