// The list screen: made from a list operation, its state is the address. Facets, columns, saved views, pages, export, print.
import { call, cursorOf, walk } from "../core/api.js";
import { TECHNICAL, slugged } from "../core/areas.js";
import contract, { named, pick } from "../core/contract.js";
import { LISTS } from "../core/lists.js";
import { longDate, number, plural, today } from "../core/formats.js";
import { go, link, parse } from "../core/router.js";
import session from "../core/session.js";
import { choices, once } from "../core/store.js";
import { filterBar, filtersOf, learn, tags, valuesOf } from "./filters.js";
import { showProblem } from "./problem.js";
import { csv, table } from "./table.js";
import { columnsMenu, viewsMenu } from "./list_menus.js";
import { learnNames } from "./names.js";
import { plain } from "./value.js";
import { agenda, board, boardColumns, dayField, stateField, viewQuery, viewSwitch } from "./views.js";
import { busy, empty, html, icon, mount, nothing, save, toast } from "./view.js";

const MOST_EXPORTED = 10000,
  FACET_ROWS = 3000;

/** @param {Field[]} fields
 * @param {ListHints} settings */
function defaultColumns(fields, settings) {
  const marked = fields.filter((field) => field.schema["x-ui"]?.list).map((field) => field.name);
  if (settings.columns) return settings.columns;
  if (marked.length) return marked;
  const useful = fields.filter(
    (field) =>
      !TECHNICAL.test(field.name) &&
      !["object", "long", "items", "refs"].includes(field.kind) &&
      !/(^|_)id$/.test(field.name),
  );
  return useful.slice(0, 7).map((field) => field.name);
}

export class List {
  /** @type {Row[] | null} */
  rows = null;
  /** What the service says of the page. @type {any} */
  page = null;
  /** @type {number | null} */
  total = null;
  /** @type {unknown} */
  problem = null;
  /** Rows of the lists that filters refer to. @type {Map<string, Named[]>} */
  known = new Map();
  /** Filters whose list of choices is open. @type {Set<string>} */
  opened = new Set();
  /** How many rows each choice of a filter would leave. @type {Record<string, Map<string, number>>} */
  facets = {};
  /** @type {Row[] | null} */
  columnsByState = null;
  /** Rows read so far while a file is made. @type {number | undefined} */
  exporting = undefined;

  /** place, list operation; options: path (values of the address), base (segments),
   *  collection, title, initial (fixed filters), switch (another way to look), intro, below (part of a sheet), tabs
   * @param {HTMLElement} place
   * @param {Operation} operation
   * @param {ListOptions} [options] */
  constructor(place, operation, options = {}) {
    this.place = place;
    this.operation = operation;
    this.options = options;
    this.settings = LISTS[operation.operationId] ?? {};
    this.fields = contract
      .fields(contract.row(operation))
      .filter((field) => session.sees(field.schema) && !field.schema["x-included"] && field.name !== "masked");
    this.filters = filtersOf(operation);
    const sort = contract.parameters(operation).find((parameter) => parameter.name === "sort");
    this.sorts = sort ? contract.choices(sort.schema).map((choice) => choice.value) : [];
    this.columns = choices.read(`columns:${operation.operationId}`) ?? defaultColumns(this.fields, this.settings);
    this.query = parse().query;
    learn(this.filters, this.known, () => this.draw(), this.query);
  }

  get base() {
    return this.options.base ?? parse().segments;
  }
  get sort() {
    return this.query.sort ?? this.operation["x-default-sort"] ?? "";
  }
  get shown() {
    return pick(this.fields, this.columns);
  }
  get asked() {
    const { vue, mois, ...asked } = this.query;
    /** @type {Row} */
    const all = { ...asked, ...viewQuery(this), ...this.options.initial };
    return all;
  }

  /** Filters without which the service answers nothing, and that nobody has set yet. */
  get unset() {
    return this.filters.filter(({ name, field }) => field.required && !this.asked[name]);
  }

  async load() {
    this.columnsByState = null;
    this.draw();
    if (this.unset.length) return;
    try {
      const { data } = await call(this.operation, {
        path: this.options.path,
        query: this.asked,
        prefer: "count=exact",
      });
      this.rows = /** @type {Row[]} */ (data.data);
      this.page = data.page;
      this.total = data.page.total ?? null;
      this.problem = null;
      if (this.query.vue === "etats" && stateField(this)) this.columnsByState = await boardColumns(this);
    } catch (problem) {
      this.problem = problem;
    }
    this.draw();
    if (this.problem) return;
    this.count();
    if (await learnNames(this.fields, this.rows ?? [])) this.draw();
  }

  // Exact counts beside each choice: those rows that would be left with the other filters as they are.
  async count() {
    const facets = Object.entries(this.settings.facets ?? {}).filter(([name]) =>
      this.filters.some((filter) => filter.name === name),
    );
    if (!facets.length) return;
    const fixed = Object.fromEntries(
      Object.entries(this.asked).filter(
        ([name]) => !["sort", "cursor", "limit"].includes(name) && !this.settings.facets?.[name],
      ),
    );
    const fields = ["id", ...facets.map(([, property]) => property)].join(",");
    try {
      const { rows, more } = await once(
        `facets:${this.operation.operationId}:${JSON.stringify(fixed)}:${session.key ?? ""}`,
        () => walk(this.operation, { path: this.options.path, query: { ...fixed, fields }, most: FACET_ROWS }),
      );
      if (more) return;
      for (const [name, property] of facets) this.facets[name] = this.countOne(rows, facets, name, property);
      this.draw();
    } catch {
      /* the list is complete without counts */
    }
  }

  /** @param {Row[]} rows
   * @param {[string, string][]} facets
   * @param {string} name
   * @param {string} property */
  countOne(rows, facets, name, property) {
    const others = facets
      .filter(([other]) => other !== name && this.query[other])
      .map(([other, of]) => ({ of, wanted: new Set(valuesOf(this.query, other)) }));
    const counts = new Map();
    for (const row of rows) {
      if (others.every(({ of, wanted }) => wanted.has(String(row[of]))))
        counts.set(String(row[property]), (counts.get(String(row[property])) ?? 0) + 1);
    }
    return counts;
  }

  change = (/** @type {string | null} */ name, /** @type {string[]} */ values = []) => {
    const { cursor, ...query } = this.query;
    const kept =
      name === null
        ? { ...(query.vue ? { vue: query.vue } : {}), ...(query.sort ? { sort: query.sort } : {}) }
        : { ...query, [name]: values.join(",") };
    go(link(this.base, kept));
  };

  /** The address has changed: same list, other content. */
  follow() {
    this.query = parse().query;
    return this.load();
  }

  /** @param {string[]} names */
  pick(names) {
    this.columns = names;
    choices.keep(`columns:${this.operation.operationId}`, names);
    this.draw();
  }

  async export(all = false) {
    const progress = (/** @type {number} */ count) => {
      this.exporting = count;
      this.draw();
    };
    progress(0);
    try {
      const { cursor, limit, ...query } = this.asked;
      const { rows, more } = await walk(this.operation, {
        path: this.options.path,
        query,
        most: MOST_EXPORTED,
        progress,
      });
      const columns = all ? this.fields : this.shown;
      await learnNames(columns, rows);
      save(
        `${this.base.at(-1) ?? "liste"}-${today()}.csv`,
        csv(
          columns.map((/** @type {Field} */ field) => field.title),
          rows.map((row) => columns.map((/** @type {Field} */ field) => plain(field, row[field.name], row))),
        ),
        "text/csv;charset=utf-8",
      );
      toast(
        more
          ? `Les ${number(MOST_EXPORTED)} premières lignes sont dans le fichier. Pour tout, restreignez par un filtre ou passez par l’API.`
          : `${plural(rows.length, "ligne")} dans le fichier.`,
      );
    } catch (problem) {
      this.problem = problem;
    }
    this.exporting = undefined;
    this.draw();
  }

  draw() {
    const title = this.options.title ?? this.settings.title ?? this.operation.summary;
    const { collection } = this.options;
    mount(
      this.place,
      html`${this.options.tabs ?? nothing}
        ${this.options.below
          ? html`<h2>${title}</h2>`
          : html`<div class="top">
              <h1>${title}</h1>
              <p class="seen">${session.territory}</p>
            </div>`}
        ${this.options.intro ?? nothing}
        ${this.filters.length
          ? filterBar(this.filters, this.query, {
              known: this.known,
              change: this.change,
              main: this.settings.main,
              counts: this.facets,
              opened: this.opened,
              done: () => this.draw(),
            })
          : nothing}
        ${tags(this.filters, this.query, this.known, this.change)} ${this.bar(collection)} ${this.body()}
        <p class="print-only">${title}, le ${longDate(today())}. ${location.href}</p>`,
    );
  }

  /** @param {Collection | undefined} collection */
  bar(collection) {
    const [one, many] = [this.settings.noun ?? "ligne"].flat();
    const noun =
      this.total === null ? "" : `${plural(this.total, one, many)}${this.page?.total_is_estimate ? " environ" : ""}`;
    const creates =
      collection?.create &&
      this.operation.path === collection.path &&
      session.may(collection.create) &&
      contract.body(collection.create);
    return html`<div class="bar">
      <p class="total" role="status">
        ${this.exporting !== undefined ? `Export : ${plural(this.exporting, "ligne lue", "lignes lues")}…` : noun}
      </p>
      <div class="tools">
        ${this.options.switch ?? nothing} ${this.options.below ? nothing : viewSwitch(this)} ${columnsMenu(this)}
        ${this.options.below ? nothing : viewsMenu(this)}
        <button
          type="button"
          @click=${() => this.export()}
          ?disabled=${!this.rows?.length || this.exporting !== undefined}
        >
          ${icon("download")} CSV
        </button>
        <button type="button" @click=${() => print()}>${icon("print")} Imprimer</button>
        ${creates
          ? html`<a class="button main" data-shortcut="n" href=${link([...this.base, "nouveau"])}
              >${icon("add")} ${collection.create?.summary}</a
            >`
          : nothing}
      </div>
    </div>`;
  }

  /** Where a row has its sheet, or null.
   * @param {Row} row */
  hrefOf(row) {
    const { collection } = this.options;
    if (row.self && contract.collection(row.self.replace(/\/[^/]+$/, "")).read) return slugged(row.self);
    return collection?.read && row.id && this.operation.path === collection.path ? link([...this.base, row.id]) : null;
  }

  body() {
    const [first] = this.unset;
    if (first)
      return empty(
        `À choisir d’abord : ${first.field.title.toLowerCase()}`,
        "Cette liste se lit avec ce filtre, au-dessus ; les lignes viennent ensuite.",
      );
    if (this.problem) return showProblem(this.problem, () => this.load());
    return this.rows === null ? busy() : this.content();
  }

  content() {
    if (this.query.vue === "agenda" && dayField(this)) return agenda(this);
    if (!this.rows?.length) return this.nothing();
    if (this.query.vue === "etats" && stateField(this)) return board(this);
    return html`${table(this.shown, this.rows, {
      caption: this.settings.title ?? this.operation.summary,
      href: (row) => this.hrefOf(row),
      sorts: this.sorts,
      sort: this.sort,
      sortBy: (key) => this.change("sort", [key]),
      mark: (row) => (row.id === this.options.marked ? "marked" : ""),
    })}${this.pages()}`;
  }

  nothing() {
    const filtered = Object.keys(this.asked).some((name) => !["sort", "limit"].includes(name));
    const advice =
      this.settings.empty ??
      (filtered
        ? "Retirez un filtre pour voir davantage."
        : "Rien n’est encore enregistré ici, ou rien n’est dans votre périmètre.");
    return empty(
      "Aucune ligne",
      advice,
      filtered && !this.options.below
        ? html`<button type="button" @click=${() => this.change(null)}>Effacer les filtres</button>`
        : nothing,
    );
  }

  pages() {
    const next = cursorOf(this.page.next),
      previous = cursorOf(this.page.prev);
    if (!next && !previous) return nothing;
    const to = (/** @type {string} */ cursor) => link(this.base, { ...this.query, cursor });
    return html`<nav class="pages" aria-label="Pages">
      ${previous
        ? html`<a class="button" rel="prev" href=${to(previous)}>${icon("left")} Page précédente</a>`
        : nothing}
      ${next ? html`<a class="button" rel="next" href=${to(next)}>Page suivante ${icon("right")}</a>` : nothing}
    </nav>`;
  }
}
