// What the records are called that a list or a sheet points to: asked once for each, so that nobody reads an identifier.
import { call } from "../core/api.js";
import contract from "../core/contract.js";
import session from "../core/session.js";
import { once } from "../core/store.js";
import { references } from "./controls.js";

// Above this many, one walk through the list is cheaper than asking one by one.
const MOST_ONE_BY_ONE = 8;
const REGIONAL = { region_code: "listRegions", region_codes: "listRegions", department_code: "listDepartments" };

/** @type {Map<string, string>} */
const known = new Map();
const keyOf = (/** @type {string} */ list, /** @type {string} */ id) => `${list}:${id}`;

/**
 * The name of the record with this id in this list, when it has been learnt.
 * @param {string} list
 * @param {string} id
 */
export const nameOf = (list, id) => known.get(keyOf(list, id));

/** The list that the values of a field come from: the contract says it, or an official code.
 * @param {Field} field */
export const listOf = (field) => field.ref?.list ?? /** @type {Record<string, string>} */ (REGIONAL)[field.name];

/** The field of a property that a history names, in the record of its type; null for what the record does not show.
 * @param {string} property
 * @param {string | undefined} type */
export function fieldOfChange(property, type) {
  const record = type && contract.record(type);
  if (!record) return contract.property(property);
  return contract.fields(record).find((field) => field.name === property) ?? null;
}

/** The values that a history names, as rows of their own.
 * @param {Row[]} rows */
const valuesOfChanges = (rows) =>
  rows
    .filter((row) => Array.isArray(row.changes))
    .flatMap((row) =>
      row.changes.flatMap((/** @type {Row} */ change) => {
        const field = fieldOfChange(change.property, row.record_type);
        return field ? [change.before, change.after].map((value) => ({ field, row: { [field.name]: value } })) : [];
      }),
    );

/** The name that the row itself says of what this field points to.
 * @param {Field} field
 * @param {Row | undefined} row
 * @returns {string | undefined} */
export const saidName = (field, row) =>
  /_(id|code)$/.test(field.name) ? row?.[field.name.replace(/_(id|code)$/, "_name")] : undefined;

/** @param {string} list
 * @param {string} label
 * @param {string[]} ids */
async function askFor(list, label, ids) {
  const operation = contract.operation(list);
  // Reading lines about people is written down: a name beside another record is no reason for it.
  if (!operation || !session.may(operation) || operation["x-traced"]) return;
  const { read, item } = contract.collection(operation.path);
  const parameter = /\{([^}]+)\}$/.exec(item ?? "")?.[1];
  if (ids.length > MOST_ONE_BY_ONE || !read || !parameter) {
    for (const row of await references({ list, label })) known.set(keyOf(list, row.id), row.label);
    return;
  }
  await Promise.all(
    ids.map((id) =>
      once(`name:${keyOf(list, id)}`, () =>
        call(read, { path: { [parameter]: id }, query: { fields: `id,${label}` } }),
      ).then(
        ({ data }) => known.set(keyOf(list, id), String(data[label] ?? id)),
        () => undefined,
      ),
    ),
  );
}

/**
 * Learns the names of everything that these rows point to; what cannot be learnt stays without a name.
 * @param {Field[]} fields
 * @param {Row[]} rows
 */
export async function learnNames(fields, rows) {
  /** @type {Map<string, { label: string, ids: Set<string> }>} */
  const wanted = new Map();
  const want = (/** @type {Field} */ field, /** @type {Row[]} */ some) => {
    const list = listOf(field);
    if (!list || !contract.has(list)) return;
    const ids = some
      .filter((row) => !saidName(field, row))
      .flatMap((row) => [row[field.name]].flat())
      .filter((id) => typeof id === "string" && !nameOf(list, id));
    if (!ids.length) return;
    const entry = wanted.get(list) ?? { label: field.ref?.label ?? "name", ids: new Set() };
    ids.forEach((id) => entry.ids.add(id));
    wanted.set(list, entry);
  };
  for (const field of fields) want(field, rows);
  for (const { field, row } of valuesOfChanges(rows)) want(field, [row]);
  await Promise.all([...wanted].map(([list, { label, ids }]) => askFor(list, label, [...ids]).catch(() => undefined)));
  return wanted.size > 0;
}
