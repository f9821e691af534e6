// Filters of a list, from the query parameters of its operation. What stands in the address is always shown as a tag
// that can be taken off, whoever made the address.
import contract, { field as fieldOf } from "../core/contract.js";
import { date, fold, number, parseDate } from "../core/formats.js";
import session from "../core/session.js";
import { references } from "./controls.js";
import { plain } from "./value.js";
import { html, icon, nothing } from "./view.js";

const ENGINE = new Set(["limit", "cursor", "sort", "fields", "csv", "end_marker", "include"]);

/** [{name, field, many}] of the filters that the caller may use.
 * @param {Operation} operation */
export function filtersOf(operation) {
  return contract
    .parameters(operation)
    .filter((parameter) => !ENGINE.has(parameter.name) && session.sees(parameter))
    .map((parameter) => {
      const many = parameter.schema.type === "array";
      const schema = many ? contract.resolve(parameter.schema.items) : parameter.schema;
      const field = fieldOf(
        parameter.name,
        { ...schema, title: parameter.schema.title ?? schema.title, description: parameter.description },
        parameter.required,
      );
      return { name: parameter.name, field, many };
    });
}

export const valuesOf = (/** @type {Query} */ query, /** @type {string} */ name) =>
  query[name] ? query[name].split(",") : [];

// Region and département codes are known by name; ids by the list that they come from.
/** @type {Record<string, Reference>} */
const NAMED = {
  region: { list: "listRegions", label: "name" },
  department: { list: "listDepartments", label: "name" },
};
const refOf = (/** @type {Filter} */ filter) =>
  filter.field.ref ?? (contract.has(NAMED[filter.name]?.list) ? NAMED[filter.name] : null);

/** Choices of a filter when it has few: enumerations at once, rows of another list when they have come.
 * @param {Filter} filter
 * @param {Map<string, Named[]>} known */
export function choicesOf(filter, known) {
  if (filter.field.kind === "enum") return contract.choices(filter.field.schema);
  const ref = refOf(filter);
  return ref ? (known.get(ref.list) ?? []).map((row) => ({ value: row.id, title: row.label })) : [];
}

// Lists too long to be drawn as choices: their filter proposes while somebody types, and is read only then.
const LONG = new Set(["listMembers", "listCommunes", "listPeople", "listPasses"]);
const isLong = (/** @type {Filter} */ filter) => LONG.has(refOf(filter)?.list);

/** Asks for the rows that filters refer to, long ones only when the address names one; `done` when some have come.
 * @param {Filter[]} filters
 * @param {Map<string, Named[]>} known
 * @param {() => void} done */
export function learn(filters, known, done, /** @type {Query} */ query = {}) {
  for (const filter of filters) {
    const ref = refOf(filter);
    if (!ref || known.has(ref.list) || (isLong(filter) && !query[filter.name])) continue;
    known.set(ref.list, []);
    references(ref).then(
      (rows) => {
        known.set(ref.list, rows);
        done();
      },
      () => {},
    );
  }
}

/** @param {Filter} filter
 * @param {any} value
 * @param {Map<string, Named[]>} known */
export function labelOf(filter, value, known) {
  return (
    choicesOf(filter, known).find((choice) => String(choice.value) === value)?.title ??
    (filter.field.kind === "enum"
      ? `${value} (valeur inconnue)`
      : filter.field.kind === "boolean"
        ? value === "true"
          ? "oui"
          : "non"
        : plain(filter.field, value))
  );
}

/** One removable tag per value in the address; unknown names are shown too, they still act.
 * @param {Filter[]} filters
 * @param {Query} query
 * @param {Map<string, Named[]>} known
 * @param {FilterTools["change"]} change */
export function tags(filters, query, known, change) {
  const byName = new Map(filters.map((filter) => [filter.name, filter]));
  const shown = Object.keys(query).filter((name) => !ENGINE.has(name) && !["vue", "mois"].includes(name));
  const one = (/** @type {string} */ name, /** @type {any} */ value, /** @type {string} */ text) =>
    html`<li>
      <button
        type="button"
        class="tag"
        @click=${() =>
          change(
            name,
            valuesOf(query, name).filter((/** @type {string} */ other) => other !== value),
          )}
      >
        ${text} ${icon("close")}<span class="sr"> Retirer ce filtre</span>
      </button>
    </li>`;
  if (!shown.length) return nothing;
  return html`<ul class="tags" aria-label="Filtres actifs">
    ${shown.flatMap((name) => {
      const filter = byName.get(name);
      if (!filter) return [one(name, query[name], `${name} : ${query[name]}`)];
      return (filter.many ? valuesOf(query, name) : [query[name]]).map(
        (/** @type {any} */ value) =>
          html`<li>
            <button
              type="button"
              class="tag"
              @click=${() =>
                change(
                  name,
                  filter.many ? valuesOf(query, name).filter((/** @type {string} */ other) => other !== value) : [],
                )}
            >
              ${filter.field.title} : ${labelOf(filter, value, known)} ${icon("close")}<span class="sr">
                Retirer ce filtre</span
              >
            </button>
          </li>`,
      );
    })}
    <li><button type="button" class="quiet" @click=${() => change(null)}>Tout effacer</button></li>
  </ul>`;
}

// The choices of a closed filter are not drawn: a list has more of them than rows. `opened` has the names of those that are.
/** @param {Filter} filter
 * @param {Query} query
 * @param {Row} options */
function choice(filter, query, { known, change, counts, done, opened }) {
  const chosen = valuesOf(query, filter.name);
  const choices = choicesOf(filter, known);
  const toggle = (/** @type {any} */ value) =>
    change(
      filter.name,
      chosen.includes(value) ? chosen.filter((one) => one !== value) : filter.many ? [...chosen, value] : [value],
    );
  // Drawn before the menu opens, so that the next key already finds them; thrown away when it has closed.
  const opening = (/** @type {Event} */ event) => {
    if (/** @type {HTMLElement} */ (event.currentTarget).closest("details")?.open) return;
    opened.add(filter.name);
    done();
  };
  const closed = (/** @type {Event & { target: HTMLDetailsElement }} */ event) => {
    if (event.target.open || !opened.delete(filter.name)) return;
    done();
  };
  return html`<details class="choice" name="filters" @toggle=${closed}>
    <summary @click=${opening}>
      ${filter.field.title}${chosen.length ? html` <span class="count">${chosen.length}</span>` : nothing}${icon(
        "down",
      )}
    </summary>
    <fieldset class="pop">
      <legend class="sr">${filter.field.title}</legend>
      ${filter.field.description ? html`<p class="hint">${filter.field.description}</p>` : nothing}
      ${(opened.has(filter.name) ? choices : []).map(
        (one) =>
          html`<label class="check"
            ><input
              type="checkbox"
              .checked=${chosen.includes(String(one.value))}
              @change=${() => toggle(String(one.value))}
            />
            <span>${one.title}</span>${counts
              ? html`<span class="count">${number(counts.get(String(one.value)) ?? 0)}</span>`
              : nothing}</label
          >`,
      )}
    </fieldset>
  </details>`;
}

/** @param {Filter} filter
 * @param {Query} query
 * @param {Map<string, Named[]>} known
 * @param {FilterTools["change"]} change
 * @param {() => void} done */
function lookup(filter, query, known, change, done) {
  const id = `filter-${filter.name}`,
    rows = known.get(refOf(filter).list) ?? [];
  const chosen = (/** @type {string} */ text) => rows.find((row) => fold(row.label) === fold(text))?.id ?? text;
  return html`<div class="filter">
    <label for=${id}>${filter.field.title}</label
    ><input
      type="text"
      id=${id}
      list="${id}-list"
      autocomplete="off"
      .value=${query[filter.name] ? labelOf(filter, query[filter.name], known) : ""}
      @focus=${() => learn([filter], known, done, { [filter.name]: "wanted" })}
      @change=${(/** @type {ControlEvent} */ event) =>
        change(filter.name, event.target.value ? [chosen(event.target.value)] : [])}
    />
    <datalist id="${id}-list">${rows.map((row) => html`<option value=${row.label}></option>`)}</datalist>
  </div>`;
}

/** @param {Filter} filter
 * @param {Query} query
 * @param {FilterTools["change"]} change */
function yesNo(filter, query, change) {
  const id = `filter-${filter.name}`;
  return html`<div class="filter">
    <label for=${id}>${filter.field.title}</label
    ><select
      id=${id}
      @change=${(/** @type {ControlEvent} */ event) =>
        change(filter.name, event.target.value ? [event.target.value] : [])}
    >
      ${[
        ["", "Indifférent"],
        ["true", "Oui"],
        ["false", "Non"],
      ].map(
        ([value, title]) =>
          html`<option value=${value} ?selected=${(query[filter.name] ?? "") === value}>${title}</option>`,
      )}
    </select>
  </div>`;
}

/** @param {Filter} filter
 * @param {Query} query
 * @param {FilterTools["change"]} change */
function typedFilter(filter, query, change) {
  const id = `filter-${filter.name.replace(/\W/g, "-")}`,
    day = filter.field.kind === "date";
  const raw = query[filter.name] ?? "";
  const read = (/** @type {any} */ value) =>
    day
      ? (parseDate(value) ?? value)
      : filter.field.kind === "date-time" && parseDate(value)
        ? `${parseDate(value)}T00:00:00Z`
        : value.trim();
  return html`<div class="filter">
    <label for=${id}>${filter.field.title}</label
    ><input
      id=${id}
      type=${filter.name === "q" ? "search" : "text"}
      .value=${day ? date(raw) : raw}
      placeholder=${day || filter.field.kind === "date-time" ? "jj/mm/aaaa" : nothing}
      maxlength=${filter.field.schema.maxLength ?? 100}
      autocomplete="off"
      @change=${(/** @type {ControlEvent} */ event) =>
        change(filter.name, event.target.value ? [read(event.target.value)] : [])}
    />
  </div>`;
}

/** The controls; `main` are shown at once, the others behind a button. Counts by filter name, when they are known.
 * @param {Filter[]} filters
 * @param {Query} query
 * @param {Row} options */
export function filterBar(filters, query, { known, change, main, counts = {}, done, opened = new Set() }) {
  const draw = (/** @type {Filter} */ filter) =>
    isLong(filter)
      ? lookup(filter, query, known, change, done)
      : choicesOf(filter, known).length
        ? choice(filter, query, { known, change, counts: counts[filter.name], done, opened })
        : filter.field.kind === "boolean"
          ? yesNo(filter, query, change)
          : typedFilter(filter, query, change);
  const first = filters.filter((filter) => (main ? main.includes(filter.name) : true)).slice(0, main?.length ?? 5);
  const others = filters.filter((filter) => !first.includes(filter));
  const open = others.some((filter) => query[filter.name]);
  return html`<div class="filters" role="search" aria-label="Filtres">
    ${first.map(draw)}
    ${others.length
      ? html`<details class="others" ?open=${open}>
          <summary>${icon("filter")} Plus de filtres</summary>
          <div class="filters">${others.map(draw)}</div>
        </details>`
      : nothing}
  </div>`;
}
