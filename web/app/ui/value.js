// A value on screen and in files: one place decides, so that cells, sheets, tags, exports and charts say the same.
import contract from "../core/contract.js";
import { date, euro, instant, minutes, number, passNumber, phone, siren, siret } from "../core/formats.js";
import { TECHNICAL, slugged } from "../core/areas.js";
import { badge, html, nothing } from "./view.js";

const DASH = "—";

function unitOf(field, value) {
  if (field.unit === "degree") return `${number(value)}°`;
  if (field.unit === "percent" || /_percent$/.test(field.name)) return `${number(value)}\u00a0%`;
  return number(value);
}

/** A value as plain text, French: what an export writes and what a search compares. */
export function plain(field, value) {
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
      return Array.isArray(value) ? value.map((one) => item(field, one)).join(", ") : String(value);
    case "object":
      return summary(value);
    default:
      return field.name === "pass_number"
        ? passNumber(String(value))
        : typeof value === "object"
          ? summary(value)
          : String(value);
  }
}

function item(field, value) {
  const schema = contract.resolve(field.schema.items);
  return schema.enum ? contract.label(schema, value) : typeof value === "object" ? summary(value) : String(value);
}

/** What names a nested object best. */
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
export const isNumeric = (field) => ["number", "money", "minutes"].includes(field.kind);

/** The value as markup. Text from outside only ever becomes a text node. */
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
    case "long":
      return html`<span class="long">${value}</span>`;
    case "ref":
      return reference(field, value, row);
    case "object":
      return nested(field, value);
    case "items":
      return typeof value[0] === "object"
        ? html`<ul class="plain">
            ${value.map((one) => html`<li>${nestedLine(field, one)}</li>`)}
          </ul>`
        : plain(field, value);
    default:
      return plain(field, value);
  }
}

function reference(field, value, row) {
  const operation = contract.operation(field.ref.list);
  const name = row?.[field.name.replace(/_id$/, "_name")] ?? row?.[field.name.replace(/_id$/, "")]?.[field.ref.label];
  const text = name ?? "voir la fiche";
  return operation && contract.collection(operation.path).read
    ? html`<a href=${slugged(`${operation.path}/${value}`)}>${text}</a>`
    : text;
}

function nestedLine(field, value) {
  const schema = contract.resolve(field.schema.items);
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
  return fields.map(
    (one, index) =>
      html`${index ? " · " : nothing}${one.kind === "text" || one.kind === "enum"
        ? plain(one, value[one.name])
        : html`${one.title.toLowerCase()} ${plain(one, value[one.name])}`}`,
  );
}

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
