// The queue of the week: every line is one thing to do, the most urgent first, one click from its record, its decisions beside
// it. After a decision the queue comes back, with the next line on top.
import { call } from "../core/api.js";
import { slugged } from "../core/areas.js";
import contract, { named } from "../core/contract.js";
import { addDays, date, plural, today } from "../core/formats.js";
import { link } from "../core/router.js";
import session from "../core/session.js";
import { learnNames, nameOf } from "../ui/names.js";
import { badge, empty, html, mount, nothing } from "../ui/view.js";
import { SOURCES } from "./week_sources.js";

/** @typedef {import("./week_sources.js").Source} Source */
/**
 * @typedef {object} Line
 * @property {Source} source
 * @property {string} what
 * @property {string} who
 * @property {string | null} due
 * @property {string} href
 * @property {{ title: string, href: string }[]} decisions
 */
/** @typedef {{ lines: Line[], more: { source: Source, count: number } | null }} Found */

const EACH = 5;
const LATE = "En retard",
  SOON = "Dans les sept jours",
  AFTER = "Ensuite",
  UNDATED = "Sans échéance";

/** @param {any} operation
 * @param {Record<string, any>} query */
function accepts(operation, query) {
  const parameters = new Map(contract.parameters(operation).map((parameter) => [parameter.name, parameter]));
  return Object.entries(query).every(([name, value]) => {
    const parameter = parameters.get(name);
    if (!parameter || !session.sees(parameter)) return false;
    const known = contract.choices(parameter.schema).map((choice) => choice.value);
    return (
      !known.length ||
      String(value)
        .split(",")
        .every((one) => known.includes(one))
    );
  });
}

/** @param {Source} source */
function usable(source) {
  const operation = contract.operation(source.id);
  return (
    operation &&
    session.may(operation) &&
    (!source.callers || source.callers.includes(session.token?.caller ?? "")) &&
    accepts(operation, source.query)
  );
}

/** Lists below an open campaign are asked for each of them.
 * @param {any} operation
 * @returns {Promise<Row[]>} */
async function owners(operation) {
  if (!operation.path.includes("{")) return [{}];
  const above = contract.operation("listPassCampaigns");
  if (!above || !session.may(above)) return [];
  const { data } = await call(above, { query: { status: "OPEN", limit: 5, fields: "id,title" } });
  return data.data;
}

/** @param {any} operation */
function collectionOf(operation) {
  const schema = contract.row(operation);
  const item = contract.resolve(schema?.properties?.self ?? {})["x-self"];
  return contract.collection(typeof item === "string" ? item.replace(/\/\{[^}]+\}$/, "") : operation.path);
}

/** What may be decided from the line: actions of the record that the caller has the right to, by state.
 * @param {Source} source
 * @param {any} collection
 * @param {Row} row */
function decisions(source, collection, row) {
  return (source.decide ?? [])
    .map((word) => collection.actions.find((/** @type {any} */ one) => one.path.endsWith(`/${word}`)))
    .filter((operation) => operation && session.may(operation) && allowed(operation, row))
    .map((operation) => ({
      title: short(operation.summary),
      said: operation.summary,
      href: `${slugged(`${collection.path}/${row.id}/action/${operation.path.split("/").at(-1)}`)}?retour=semaine`,
    }));
}

// "Accorder l’aide" is "Accorder" on its line; "Enregistrer" alone would say nothing.
const short = (/** @type {string} */ summary) =>
  /^(Suivre|Enregistrer) /.test(summary) ? summary : summary.split(" ")[0];

/** @param {any} operation
 * @param {Row} row */
function allowed(operation, row) {
  const word = operation.path.split("/").at(-1).replaceAll("-", "_").toUpperCase();
  if (Array.isArray(row.actions)) return row.actions.includes(word) || row.actions.includes(operation.operationId);
  return Object.entries(operation["x-states"] ?? {}).every(([name, values]) => values.includes(row[name]));
}

// A structure reads its own work only: its name beside each line would be noise.
const memberOf = (/** @type {Row} */ row) =>
  (session.token?.caller !== "STRUCTURE" && row.member_id && nameOf("listMembers", row.member_id)) || "";

/** @param {Source} source
 * @param {any} operation
 * @param {Row[]} rows
 * @param {Row} owner
 * @param {number} total
 * @returns {Line[]} */
function oneByOne(source, operation, rows, owner, total) {
  const all = source.to ?? (owner.id ? ["campagnes", owner.id, operation.path.split("/").at(-1)] : []);
  if (source.group === "campaign" && rows.length)
    return [
      {
        source,
        what: source.grouped?.(total) ?? "",
        who: owner.title,
        due: source.due?.(rows[0]) ?? null,
        href: link(all),
        decisions: [],
      },
    ];
  return rows.map((row) => {
    const collection = collectionOf(operation);
    return {
      source,
      what: source.what(row),
      who: source.who?.(row) ?? memberOf(row),
      due: source.due?.(row) ?? null,
      href: collection.read ? slugged(`${collection.path}/${row.id}`) : link(all),
      decisions: decisions(source, collection, row),
    };
  });
}

/** Rows of the same thing are one line: its name, how many, the first day.
 * @param {Source} source
 * @param {any} operation
 * @param {Row[]} rows
 * @returns {Promise<Line[]>} */
async function together(source, operation, rows) {
  const fields = contract.fields(contract.row(operation));
  const field = named(fields, source.group ?? "");
  await learnNames([field], rows);
  const groups = groupBy(rows, field.name);
  return [...groups].map(([id, some]) => ({
    source,
    what: source.grouped?.(some.length) ?? "",
    who: some[0][field.name.replace(/_id$/, "_name")] ?? nameOf(field.ref?.list, id) ?? "",
    due: source.due?.(some[0]) ?? null,
    href: link(source.to ?? [], { ...source.query, [field.name.replace(/_id$/, "")]: id }),
    decisions: [],
  }));
}

/** @param {Row[]} rows
 * @param {string} name
 * @returns {Map<any, Row[]>} */
function groupBy(rows, name) {
  const groups = new Map();
  for (const row of rows) groups.set(row[name], [...(groups.get(row[name]) ?? []), row]);
  return groups;
}

/** @param {Source} source
 * @returns {Promise<Found>} */
async function ask(source) {
  const operation = contract.operation(source.id);
  /** @type {Line[]} */
  const lines = [];
  let count = 0;
  for (const owner of await owners(operation)) {
    const { data } = await call(operation, {
      path: { id: owner.id },
      query: { ...source.query, limit: source.limit ?? EACH },
      prefer: "count=exact",
    });
    const grouped = source.group && source.group !== "campaign";
    if (!source.group) await learnNames(contract.fields(contract.row(operation)), data.data);
    const found = grouped
      ? (await together(source, operation, data.data)).slice(0, EACH)
      : oneByOne(source, operation, data.data, owner, data.page.total);
    lines.push(...found);
    if (!source.group) count += data.page.total - found.length;
  }
  return { lines, more: count > 0 && source.to ? { source, count } : null };
}

/** @param {Line} line */
function section({ due }) {
  if (!due) return UNDATED;
  if (due < today()) return LATE;
  return due <= addDays(today(), 7) ? SOON : AFTER;
}

/** @param {Line} line */
function shown({ source, what, who, due, href, decisions: may }) {
  return html`<li>
    <span class="day">${due ? html`${source.word} ${date(due)}` : ""}</span>
    ${badge(source.kind, due && due < today() ? "bad" : "info")}
    <span class="what"><a href=${href}>${what}</a>${who ? html` <span class="small">${who}</span>` : nothing}</span>
    ${may.length
      ? html`<span class="decide no-print"
          >${may.map(
            (one) =>
              html`<a class="button" href=${one.href} aria-label="${one.title} : ${what}${who ? `, ${who}` : ""}"
                >${one.title}</a
              >`,
          )}</span
        >`
      : nothing}
  </li>`;
}

/** The whole queue into its place; a source that fails is named, and the others stay.
 * @param {HTMLElement} place */
export async function queue(place) {
  const sources = SOURCES.filter(usable);
  let failed = 0;
  const found = await Promise.all(
    sources.map((source) =>
      ask(source).catch(() => {
        failed++;
        return /** @type {Found} */ ({ lines: [], more: null });
      }),
    ),
  );
  const lines = found
    .flatMap((one) => one.lines)
    .sort((one, other) => (one.due ?? "9999").localeCompare(other.due ?? "9999"));
  const more = found.flatMap((one) => (one.more ? [one.more] : []));
  mount(
    place,
    html`${lines.length
      ? html`<p class="small">
          ${plural(lines.length, "ligne")}, ce qui presse d’abord.
          ${plural(lines.filter((line) => section(line) === LATE).length, "en retard", "en retard")}.
        </p>`
      : empty("Rien n’est dû", "La liste est vide : la semaine est faite.")}
    ${[LATE, SOON, AFTER, UNDATED].map((title) => {
      const here = lines.filter((line) => section(line) === title);
      return here.length
        ? html`<h3>${title}</h3>
            <ol class="due queue">
              ${here.map(shown)}
            </ol>`
        : nothing;
    })}
    ${more.length
      ? html`<p class="small">
          Aussi :
          ${more.map(
            ({ source, count }, index) =>
              html`${index ? ", " : ""}<a href=${link(source.to ?? [], source.query)}
                  >${plural(count, "autre ligne", "autres lignes")} « ${source.kind} »</a
                >`,
          )}.
        </p>`
      : nothing}
    ${failed
      ? html`<p class="note warn">${plural(failed, "liste n’a pas répondu", "listes n’ont pas répondu")}.</p>`
      : nothing}`,
  );
}
