// Values within values, as a sheet shows them: objects under their titles, lists of objects as tables with the columns of
// the contract. Numbers never stand without the words that say what they count.
import { percent } from "../core/formats.js";
import contract from "../core/contract.js";
import { TECHNICAL, slugged } from "../core/areas.js";
import { plainTable, table } from "./table.js";
import { plain, show } from "./value.js";
import { html, nothing } from "./view.js";

const filled = (/** @type {any} */ value) =>
  value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && !value.length);

/** True for values that need room of their own: an object, or a list of objects.
 * @param {Field} field
 * @param {any} value */
export const isNested = (field, value) =>
  filled(value) && (field.kind === "object" || (field.kind === "items" && typeof value[0] === "object"));

/** Columns of a list of objects: what at least one of them says, identifiers left out.
 * @param {any} schema
 * @param {Row[]} rows
 * @returns {Field[]} */
export function columnsOf(schema, rows) {
  const fields = contract.fields(contract.resolve(schema));
  return fields.filter(
    (field) =>
      !TECHNICAL.test(field.name) &&
      !(/(^|_)id$/.test(field.name) && field.kind !== "ref") &&
      !(
        field.kind === "ref" && ["name", field.name.replace(/_id$/, "_name")].some((name) => name in (rows[0] ?? {}))
      ) &&
      !(/_code$/.test(field.name) && rows[0]?.[field.name.replace(/_code$/, "_name")] !== undefined) &&
      rows.some((row) => filled(row[field.name])),
  );
}

/** A list of objects as a table.
 * @param {Field} field
 * @param {Row[]} rows */
function rowsTable(field, rows) {
  const named = contract
    .fields(contract.resolve(field.schema.items))
    .find((one) => one.kind === "ref" && "name" in rows[0]);
  const list = named && contract.operation(named.ref.list);
  return table(columnsOf(field.schema.items, rows), rows, {
    caption: field.title,
    href: list ? (row) => slugged(`${list.path}/${row[named.name]}`) : undefined,
  });
}

const isNumber = (/** @type {Field} */ field) => field.kind === "number";

/** A distribution: every property counts the same thing. One line each, shares when nothing of it is hidden.
 * @param {Field} field
 * @param {Field[]} fields
 * @param {Row} value */
function distribution(field, fields, value) {
  const whole = fields.reduce((sum, one) => sum + (value[one.name] ?? 0), 0);
  const hidden = fields.some((one) => value[one.name] === null);
  const share = (/** @type {number} */ part) =>
    whole && !hidden ? `${percent(Math.round((part / whole) * 1000) / 10)}` : "";
  return html`${plainTable(
    field.title,
    ["Répartition", "Nombre", ...(hidden ? [] : ["Part"])],
    fields.map((one) => {
      const part = value[one.name];
      return [one.title, part === null ? "caché" : plain(one, part), ...(hidden ? [] : [share(part)])];
    }),
  )}${hidden ? html`<p class="small">« caché » : trop peu de personnes pour que le nombre se montre.</p>` : nothing}`;
}

/** @param {Field} field
 * @param {Row} value */
function object(field, value) {
  const all = contract.fields(field.schema).filter((one) => value[one.name] !== undefined);
  if (all.length > 1 && all.every(isNumber)) return distribution(field, all, value);
  const fields = all.filter((one) => filled(value[one.name]) && !TECHNICAL.test(one.name));
  if (!fields.length) return html`<p class="none">Rien n’est renseigné.</p>`;
  return html`<dl>
    ${fields.map(
      (one) =>
        html`<div>
          <dt>${one.title}</dt>
          <dd>${isNested(one, value[one.name]) ? inside(one, value[one.name]) : show(one, value[one.name], value)}</dd>
        </div>`,
    )}
  </dl>`;
}

/** The value without its heading.
 * @param {Field} field
 * @param {any} value
 * @returns {unknown} */
export const inside = (field, value) => (field.kind === "items" ? rowsTable(field, value) : object(field, value));

// A description that names properties is for programs.
const said = (/** @type {Field} */ field) =>
  field.description?.includes("`") ? "" : field.description?.split("\n\n")[0];

/** The value with its title, in a card as wide as the sheet.
 * @param {Field} field
 * @param {any} value */
export const block = (field, value) =>
  html`<section class="card">
    <h2>${field.title}</h2>
    ${said(field) ? html`<p class="small">${said(field)}</p>` : nothing} ${inside(field, value)}
  </section>`;
