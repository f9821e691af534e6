// A value on screen and in files: one place decides, so that cells, sheets, tags, exports and charts say the same.
import contract from "../core/contract.js";
import { date, euro, instant, minutes, number, passNumber, plural, phone, siren, siret } from "../core/formats.js";
import { TECHNICAL, slugged } from "../core/areas.js";
import { fieldOfChange, listOf, nameOf, saidName } from "./names.js";
import { badge, html, nothing } from "./view.js";

const DASH = "—";

/** @type {Record<string, [string, string]>} */
const UNITS = {
  day: ["jour", "jours"],
  days: ["jour", "jours"],
  month: ["mois", "mois"],
  minute: ["minute", "minutes"],
};

// On screen a number carries its unit; in files it stays a number.
/** @param {Field} field
 * @param {any} value */
function measured(field, value) {
  const unit = UNITS[field.unit ?? ""];
  return unit ? plural(value, ...unit) : plain(field, value);
}

/** @param {Field} field
 * @param {any} value */
function unitOf(field, value) {
  if (field.unit === "degree") return `${number(value)}°`;
  if (field.unit === "percent" || /_percent$/.test(field.name)) return `${number(value)}\u00a0%`;
  return number(value);
}

/** A value as plain text, French: what an export writes and what a search compares. `row` is the record that holds it.
 * @param {Field} field
 * @param {any} value
 * @param {Row} [row]
 * @returns {string} */
export function plain(field, value, row) {
  if (value === null || value === undefined || value === "") return "";
  switch (field.kind) {
    case "enum":
      return contract.label(field.schema, value);
    case "boolean":
      return value ? "oui" : "non";
    case "date":
      return date(value);
    case "date-time":
      return instant(value);
    case "money":
      return euro(value);
    case "minutes":
      return minutes(value);
    case "number":
      return /(^|_)year$|^(version|row|line)$/.test(field.name) ? String(value) : unitOf(field, value);
    case "siret":
      return siret(value);
    case "siren":
      return siren(value);
    case "phone":
      return phone(value);
    case "items":
    case "refs":
      return Array.isArray(value)
        ? value.flatMap((one) => item(field, one, row) || []).join(typeof value[0] === "object" ? " | " : ", ")
        : String(value);
    case "object":
      return labelled(field.schema, value);
    case "ref":
      return nameOf(field.ref.list, value) ?? String(value);
    default:
      if (field.name === "operation") return contract.operation(value)?.summary ?? String(value);
      return field.name === "pass_number"
        ? passNumber(String(value))
        : typeof value === "object"
          ? summary(value)
          : String(value);
  }
}

/** @param {Field} field
 * @param {any} value
 * @param {Row} [row]
 * @returns {string} */
function item(field, value, row) {
  const schema = contract.resolve(field.schema.items);
  if (schema.enum) return contract.label(schema, value);
  if (value !== null && typeof value === "object")
    return schema.properties?.property && schema.properties.after ? changed(value, row) : labelled(schema, value);
  const list = listOf(field);
  const ref = list ?? schema["x-ref"]?.list;
  return (ref && nameOf(ref, value)) ?? String(value);
}

// What was, what is: a property by the title that it has in its record, nothing said of what did not exist. What a record
// does not show is no news either: then the text is empty.
/** @param {Row} change
 * @param {Row} [row]
 * @returns {string} */
function changed({ property, before, after }, row) {
  const field = fieldOfChange(property, row?.record_type);
  if (row?.record_type && (!field || field.kind === "uuid")) return "";
  const said = (/** @type {any} */ value) => {
    if (value === null || value === undefined || value === "") return "vide";
    if (!field || typeof value === "object") return summary(value);
    const list = listOf(field),
      name = list && nameOf(list, value);
    return name ?? (field.kind === "ref" ? "une fiche" : plain(field, value));
  };
  return `${field?.title ?? property} : ${before === undefined ? "" : `${said(before)} → `}${said(after)}`;
}

const NAMES = /^(label|name|region_name|title|delegation_name)$/;

// Within one line: the name first, then every other value behind its title.
/** @param {Schema} schema
 * @param {any} value
 * @returns {string} */
function labelled(schema, value) {
  const fields = contract
    .fields(schema)
    .filter(
      (one) =>
        value[one.name] !== null &&
        value[one.name] !== undefined &&
        !/(^|_)id$/.test(one.name) &&
        !TECHNICAL.test(one.name),
    );
  if (!fields.length) return summary(value);
  return fields
    .map((one) =>
      NAMES.test(one.name) ? plain(one, value[one.name]) : `${one.title} : ${plain(one, value[one.name])}`,
    )
    .join(" ; ");
}

/** What names a nested object best.
 * @param {any} value */
export function summary(value) {
  if (value === null || typeof value !== "object") return String(value ?? "");
  const named = value.label ?? value.name ?? value.region_name ?? value.title ?? value.detail ?? value.code;
  return named !== undefined
    ? String(named)
    : Object.values(value)
        .filter((one) => one !== null && typeof one !== "object")
        .join(" · ");
}

/** True for numbers that are compared by their size: they stand to the right. */
export const isNumeric = (/** @type {Field} */ field) => ["number", "money", "minutes"].includes(field.kind);

/** The value as markup. Text from outside only ever becomes a text node.
 * @param {Field} field
 * @param {any} value
 * @param {Row} [row]
 * @returns {Markup} */
export function show(field, value, row) {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length))
    return html`<span class="none">${DASH}</span>`;
  switch (field.kind) {
    case "enum": {
      const tone = field.schema["x-ui"]?.tone?.[value];
      return tone ? badge(plain(field, value), tone) : plain(field, value);
    }
    case "email":
      return html`<a href="mailto:${value}">${value}</a>`;
    case "phone":
      return html`<a href="tel:${value}">${plain(field, value)}</a>`;
    case "uri":
      return /^https?:\/\//.test(value)
        ? html`<a href=${value} rel="noopener noreferrer" target="_blank"
            >${value.replace(/^https?:\/\/(www\.)?|\/$/g, "")}</a
          >`
        : value;
    case "number":
      return measured(field, value);
    case "refs":
      return references(field, value);
    case "long":
      return html`<span class="long">${value}</span>`;
    case "ref":
      return reference(field, value, row);
    case "object":
      return nested(field, value);
    case "items":
      return typeof value[0] === "object"
        ? html`<ul class="plain">
            ${value
              .flatMap((/** @type {Row} */ one) => item(field, one, row) || [])
              .map((/** @type {string} */ text) => html`<li>${text}</li>`)}
          </ul>`
        : plain(field, value);
    default:
      return plain(field, value);
  }
}

/** @param {Field} field
 * @param {any} value
 * @param {Row} [row] */
function reference(field, value, row) {
  const operation = contract.operation(field.ref.list);
  const name =
    saidName(field, row) ?? row?.[field.name.replace(/_id$/, "")]?.[field.ref.label] ?? nameOf(field.ref.list, value);
  const text = name ?? "voir la fiche";
  return operation && contract.collection(operation.path).read
    ? html`<a href=${slugged(`${operation.path}/${value}`)}>${text}</a>`
    : text;
}

/** @param {Field} field
 * @param {any} values */
function references(field, values) {
  const ref = field.ref ?? contract.resolve(field.schema.items)["x-ref"];
  return values.map(
    (/** @type {string} */ id, /** @type {number} */ index) =>
      html`${index ? ", " : nothing}${reference({ ...field, ref }, id)}`,
  );
}

/** @param {Field} field
 * @param {any} value
 * @returns {Markup} */
function nested(field, value) {
  const fields = contract
    .fields(field.schema)
    .filter((one) => value[one.name] !== undefined && value[one.name] !== null);
  if (!fields.length) return summary(value);
  return html`<dl class="nested">
    ${fields.map(
      (one) =>
        html`<div>
          <dt>${one.title}</dt>
          <dd>${show(one, value[one.name], value)}</dd>
        </div>`,
    )}
  </dl>`;
}
