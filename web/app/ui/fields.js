// Between what is typed and what is sent. Typed text is kept as it is until it can be read; reading is tolerant
// ("1 234,5", "3/2/26", a SIRET with blanks) and every refusal is a sentence at its field.
import contract, { field as fieldOf } from "../core/contract.js";
import { date, luhn, number, parseDate, parseNumber } from "../core/formats.js";

export const itemField = (/** @type {Field} */ field) => fieldOf("", contract.resolve(field.schema.items));
const isListOfObjects = (/** @type {Field} */ field) => field.kind === "items" && itemField(field).kind === "object";

/** What the control shows for a value of the service.
 * @returns {any}
 * @param {Field} field
 * @param {any} value */
export function typed(field, value) {
  if (value === undefined) value = field.schema.default;
  if (field.kind === "object") return typedObject(field.schema, value ?? {});
  if (isListOfObjects(field))
    return (value ?? []).map((/** @type {Row} */ one) => typedObject(itemField(field).schema, one));
  if (field.kind === "items" || field.kind === "refs") return [value ?? []].flat();
  if (field.kind === "boolean")
    return value === undefined || value === null ? (field.required || field.nullable ? "" : false) : value;
  if (value === null || value === undefined) return "";
  if (field.kind === "date") return date(value);
  if (field.kind === "money") return number(value / 100);
  if (field.kind === "number" || field.kind === "minutes") return String(value).replace(".", ",");
  return String(value);
}

/** @param {Schema | null} schema
 * @param {any} value
 * @returns {Row} */
export function typedObject(schema, value) {
  return Object.fromEntries(
    contract
      .fields(schema)
      .filter((one) => !one.schema.readOnly)
      .map((one) => [one.name, typed(one, value?.[one.name])]),
  );
}

const blank = (/** @type {any} */ raw) =>
  raw === "" || raw === undefined || raw === null || (Array.isArray(raw) && !raw.length);

/** @param {Field} field
 * @param {any} raw
 * @param {(message: string) => undefined} fail */
function readText(field, raw, fail) {
  const { schema } = field;
  let text = String(raw).trim();
  if (["siret", "siren"].includes(field.kind)) {
    text = text.replace(/[\s\u00a0\u202f.]/g, "");
    const length = field.kind === "siret" ? 14 : 9;
    if (!/^\d+$/.test(text) || text.length !== length)
      return fail(`Le ${field.title} compte ${length} chiffres ; il y en a ${text.replace(/\D/g, "").length}.`);
    if (!luhn(text)) return fail(`La clé du ${field.title} est fausse : un chiffre a été mal recopié.`);
    return text;
  }
  if (field.kind === "phone")
    text = text
      .replace(/[\s\u00a0\u202f.\-()]/g, "")
      .replace(/^00/, "+")
      .replace(/^0(\d{9})$/, "+33$1");
  if (field.kind === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text))
    return fail("L’adresse s’écrit comme nom@domaine.fr.");
  if (schema.maxLength && [...text].length > schema.maxLength)
    return fail(`${number([...text].length)} caractères : il en faut ${number(schema.maxLength)} au plus.`);
  if (schema.minLength && [...text].length < schema.minLength)
    return fail(`Il faut ${number(schema.minLength)} caractères au moins.`);
  if (schema.pattern && !new RegExp(schema.pattern, "u").test(text))
    return fail(`Forme attendue${field.example ? ` : ${field.example}` : " non respectée"}.`);
  return text;
}

/** @param {Field} field
 * @param {any} raw
 * @param {(message: string) => undefined} fail */
function readNumber(field, raw, fail) {
  const { schema } = field,
    value = parseNumber(raw);
  if (value === null) return fail("Écrivez un nombre, par exemple 1 234,5.");
  const scaled = field.kind === "money" ? Math.round(value * 100) : value;
  const shown = (/** @type {number} */ limit) => number(field.kind === "money" ? limit / 100 : limit);
  if (field.type === "integer" && !Number.isInteger(scaled)) return fail("Écrivez un nombre entier.");
  if (schema.minimum !== undefined && scaled < schema.minimum) return fail(`Au moins ${shown(schema.minimum)}.`);
  if (schema.maximum !== undefined && scaled > schema.maximum) return fail(`Au plus ${shown(schema.maximum)}.`);
  return scaled;
}

/** @param {Field} field
 * @param {any} raw
 * @param {string} pointer
 * @param {Fault[]} faults */
function readOne(field, raw, pointer, faults) {
  const fail = (/** @type {string} */ message) => {
    faults.push({ pointer, detail: message });
    return undefined;
  };
  if (field.kind === "object") return read(field.schema, raw, pointer, faults, true);
  if (isListOfObjects(field))
    return raw.map((/** @type {Row} */ one, /** @type {number} */ index) =>
      read(itemField(field).schema, one, `${pointer}/${index}`, faults),
    );
  if (field.kind === "items" || field.kind === "refs") return raw;
  if (field.kind === "boolean") return raw === true || raw === "true";
  if (field.kind === "date") return parseDate(raw) ?? fail("Écrivez une date, par exemple 03/02/2026.");
  if (["number", "money", "minutes"].includes(field.kind)) return readNumber(field, raw, fail);
  return readText(field, raw, fail);
}

/**
 * What is typed, as the body to send; faults are added to `faults`, each with its pointer. Empty optional values are
 * left out; `whole` (a change of a record) sends null for those that were emptied.
 * @param {Schema} schema
 * @param {any} raw
 * @param {Fault[]} [faults] */
export function read(schema, raw, pointer = "", faults = [], optional = false, whole = false) {
  /** @type {Row} */
  const body = {};
  const fields = contract.fields(schema).filter((field) => !field.schema.readOnly);
  if (optional && fields.every((field) => blank(raw?.[field.name]) || raw[field.name] === false)) return undefined;
  for (const field of fields) {
    const value = raw?.[field.name],
      place = `${pointer}/${field.name}`;
    if (blank(value)) {
      if (field.required) faults.push({ pointer: place, detail: "à remplir." });
      else if (whole && field.nullable) body[field.name] = null;
      continue;
    }
    const made = readOne(field, value, place, faults);
    if (made !== undefined) body[field.name] = made;
  }
  return body;
}

/** The properties of `body` that differ from what was read: what a PATCH sends.
 * @param {Row} body
 * @param {Row} before */
export function changes(body, before) {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name] ?? null)),
  );
}
