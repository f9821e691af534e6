// The sheet of one record: its title and state, its fields in groups, a tab for each list below it, what can be done with it.
import { call } from "../core/api.js";
import { TECHNICAL, slugged } from "../core/areas.js";
import contract, { named, pathTo } from "../core/contract.js";
import { date, instant, longDate, today } from "../core/formats.js";
import { LISTS } from "../core/lists.js";
import { go, link } from "../core/router.js";
import session from "../core/session.js";
import { forget } from "../core/store.js";
import { Form } from "./form.js";
import { List } from "./list.js";
import { learnNames, listOf, nameOf } from "./names.js";
import { block, isNested } from "./nested.js";
import { showProblem } from "./problem.js";
import { undoOf } from "./undo.js";
import { plain, show } from "./value.js";
import { busy, heading, html, icon, mount, nothing, render, theDialog, toast, within } from "./view.js";

const EMPTY = (/** @type {any} */ value) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

// What has no name is one of its kind, from its first day.
const unnamed = (/** @type {Row} */ record, /** @type {Schema | null} */ schema) =>
  `${schema?.title ?? "Fiche"}${record.starts_on ? ` du ${date(record.starts_on)}` : ""}`;

/** What a record is called; `schema` is that of the record.
 * @param {Row} record
 * @param {Schema | null} [schema]
 * @returns {string} */
export function titleOf(record, schema = null) {
  const person = [record.given_name, record.family_name].filter(Boolean).join(" ");
  return (
    record.name ??
    (record.number_last4 && `PASS …${record.number_last4}`) ??
    record.title ??
    record.label ??
    record.reference ??
    record.pass_number ??
    (person || record.code || record.number || record.member_name || unnamed(record, schema))
  );
}

// Groups by x-ui.group where the contract has them; otherwise by what the names say.
/** @type {[string, RegExp][]} */
const GROUPS = [
  ["Coordonnées", /address|postal|latitude|longitude|email|phone|website|commune|department|region_code/],
  ["Dates", /_on$|_at$|^year$/],
  ["Identifiants", /siret|siren|rna|nda|idcc|naf|register|legal_category|opco/],
];
const groupOf = (/** @type {Field} */ field) =>
  field.schema["x-ui"]?.group ?? GROUPS.find(([, pattern]) => pattern.test(field.name))?.[0] ?? "Présentation";

export class Sheet {
  /** The record, once it has been read. @type {any} */
  record = null;
  /** @type {string | null} */
  etag = null;
  /** @type {unknown} */
  problem = null;
  /** The list on the open tab. @type {List | null} */
  part = null;

  /** collection of the contract, id, tab (last word of a part's path), base (segments of the collection), extra(sheet)
   *  above the fields, drawnFields that it says already, single(sheet, operation, place) for a record of which there is one,
   *  tools(sheet) beside the actions
   * @param {HTMLElement} place
   * @param {Collection} collection
   * @param {SheetOptions} options */
  constructor(place, collection, options) {
    this.place = place;
    this.collection = collection;
    this.id = options.id;
    this.tab = options.tab;
    this.base = options.base;
    this.options = options;
  }

  get path() {
    return pathTo(this.collection, this.id);
  }
  get title() {
    return this.record ? String(titleOf(this.record, contract.answer(this.collection.read))) : "Fiche";
  }

  async load() {
    this.draw();
    try {
      const { data, etag } = await call(this.collection.read, { path: this.path });
      await learnNames(contract.fields(contract.answer(this.collection.read)), [data]);
      this.record = data;
      this.etag = etag;
      this.problem = null;
      heading(this.title);
    } catch (problem) {
      this.problem = problem;
    }
    this.draw();
    this.drawPart();
  }

  /** @param {Field} field */
  value(field) {
    const value = this.record[field.name],
      name = nameOf(listOf(field), value) ?? this.record[field.name.replace(/_code$/, "_name")];
    return field.name.endsWith("_code") && typeof name === "string" && value
      ? `${name} (${value})`
      : show(field, value, this.record);
  }

  parts() {
    return this.collection.parts.filter((operation) => session.may(operation));
  }
  /** Records of which there is one per sheet: a report, an agreement. */
  singles() {
    return this.collection.single.filter((operation) => session.may(operation) && !/\.[a-z]+$/.test(operation.path));
  }
  /** @param {Operation} operation */
  wordOf(operation) {
    return operation.path.split("/").at(-1) ?? "";
  }

  draw() {
    if (this.problem)
      return mount(
        this.place,
        html`<h1>Fiche</h1>
          ${showProblem(this.problem, () => this.load())}`,
      );
    if (!this.record)
      return mount(
        this.place,
        html`<h1>Fiche</h1>
          ${busy()}`,
      );
    const { record, collection } = this;
    const fields = contract
      .fields(contract.answer(collection.read))
      .filter((field) => record[field.name] !== undefined);
    const states = fields.filter((field) => field.kind === "enum" && field.schema["x-ui"]?.tone);
    const edits = collection.update && session.may(collection.update) && this.editable;
    mount(
      this.place,
      html` <p class="crumb">${this.wayBack()}</p>
        <div class="top">
          <h1>${this.title}</h1>
          <p class="states">${states.map((field) => show(field, record[field.name]))}</p>
          <div class="tools">
            ${this.options.tools?.(this) ?? nothing} ${this.actions()}
            <button type="button" @click=${() => print()}>${icon("print")} Imprimer</button>
            ${this.removal()}
            ${edits
              ? html`<a class="button main" data-shortcut="e" href=${link([...this.base, this.id, "modifier"])}
                  >${icon("edit")} Modifier</a
                >`
              : nothing}
          </div>
        </div>
        ${this.warnings(fields)} ${this.tabs()} ${this.tab ? nothing : (this.options.extra?.(this) ?? nothing)}
        <div class="part"></div>
        ${this.tab ? nothing : this.groups(fields, states)}
        <p class="small">
          ${record.version ? `Version ${record.version}, ` : ""}${record.updated_at
            ? `modifiée le ${instant(record.updated_at)}.`
            : ""}
          ${this.unseen()}
        </p>
        <p class="print-only">${this.title}, le ${longDate(today())}. ${location.href}</p>`,
    );
  }

  // What may not be seen is named, so that nobody takes it for missing.
  unseen() {
    const titles = new Map(
      contract.fields(contract.answer(this.collection.read)).map((field) => [field.name, field.title]),
    );
    const { masked } = this.record;
    return masked?.length
      ? `Masqué pour vous : ${masked.map((/** @type {string} */ name) => (titles.get(name) ?? name).toLowerCase()).join(", ")}.`
      : "";
  }

  /** The list that this record is a row of, below the record that it belongs to. */
  parent() {
    const rows = contract.operations.find(
      (operation) =>
        operation.method === "GET" &&
        contract.resolve(contract.row(operation)?.properties?.self)["x-self"] === this.collection.item,
    );
    const above = rows && contract.at(rows.path.replace(/\/\{[^}]+\}\/[^/]+$/, ""), "GET");
    const field = contract
      .fields(contract.answer(this.collection.read))
      .find((one) => above && one.ref?.list === above.operationId && this.record[one.name]);
    if (!rows || !above || !field) return null;
    const name = nameOf(above.operationId, this.record[field.name]) ?? contract.tagTitle(above.tags[0]);
    return {
      href: slugged(`${above.path}/${this.record[field.name]}/${this.wordOf(rows)}`),
      title: `${name}, ${partTitle(rows).toLowerCase()}`,
    };
  }

  // A record that hangs below another one has no list of its own: back is the list there, or where the visitor came from.
  wayBack() {
    const parent = this.collection.list ? null : this.parent();
    if (parent) return html`<a href=${parent.href}>${icon("left")} ${parent.title}</a>`;
    if (!this.collection.list)
      return html`<button type="button" class="quiet" @click=${() => history.back()}>${icon("left")} Retour</button>`;
    return html`<a href=${link(this.base)}
      >${icon("left")} ${contract.tagTitle(this.collection.read?.tags[0] ?? "")}</a
    >`;
  }

  /** @param {Field[]} fields */
  warnings(fields) {
    const field = named(fields, "warnings");
    if (!field || EMPTY(this.record.warnings)) return nothing;
    return html`<div class="note warn">
      <p><strong>${field.title}</strong> : ${plain(field, this.record.warnings)}.</p>
    </div>`;
  }

  tabs() {
    const parts = this.parts();
    if (!parts.length && !this.singles().length) return nothing;
    const tab = (/** @type {string} */ word, /** @type {string} */ title) =>
      html`<li>
        <a
          href=${link(word ? [...this.base, this.id, word] : [...this.base, this.id])}
          aria-current=${(this.tab ?? "") === word ? "page" : nothing}
          >${title}</a
        >
      </li>`;
    return html`<nav class="tabs" aria-label="Parties de la fiche">
      <ul>
        ${tab("", "Fiche")}${[...parts, ...this.singles()].map((operation) =>
          tab(this.wordOf(operation), partTitle(operation)),
        )}
      </ul>
    </nav>`;
  }

  /** @param {Field[]} fields
   * @param {Field[]} states */
  groups(fields, states) {
    const shown = fields.filter(
      (field) =>
        !TECHNICAL.test(field.name) &&
        !this.options.drawnFields?.has(field.name) &&
        field.name !== "warnings" &&
        !states.includes(field) &&
        !(
          field.name.endsWith("_name") &&
          (this.record[field.name.replace(/_name$/, "_id")] || this.record[field.name.replace(/_name$/, "_code")])
        ) &&
        !(field.kind === "uuid"),
    );
    const groups = new Map([["Présentation", /** @type {Field[]} */ ([])]]);
    const wide = shown.filter((field) => isNested(field, this.record[field.name]));
    for (const field of shown)
      if (!wide.includes(field)) groups.set(groupOf(field), [...(groups.get(groupOf(field)) ?? []), field]);
    const filled = (/** @type {Row} */ list) =>
      list.filter((/** @type {Field} */ field) => !EMPTY(this.record[field.name]));
    const missing = shown.filter((field) => EMPTY(this.record[field.name]));
    return html`<div class="groups">
        ${[...groups]
          .filter(([, list]) => filled(list).length)
          .map(
            ([title, list]) =>
              html`<section class="card">
                <h2>${title}</h2>
                <dl>
                  ${filled(list).map(
                    (/** @type {Field} */ field) =>
                      html`<div>
                        <dt>${field.title}</dt>
                        <dd>${this.value(field)}</dd>
                      </div>`,
                  )}
                </dl>
              </section>`,
          )}
      </div>
      ${wide.length
        ? html`<div class="columns half">${wide.map((field) => block(field, this.record[field.name]))}</div>`
        : nothing}
      ${missing.length
        ? html`<p class="small">Non renseigné : ${missing.map((field) => field.title.toLowerCase()).join(", ")}.</p>`
        : nothing}`;
  }

  // What the record allows, by its own list of actions; without one, what the contract says about its state.
  /** @param {Operation} operation */
  allows(operation) {
    const word = this.wordOf(operation).replaceAll("-", "_").toUpperCase();
    if (Array.isArray(this.record.actions))
      return this.record.actions.some((/** @type {string} */ one) => one === operation.operationId || one === word);
    return Object.entries(operation["x-states"] ?? {}).every(([name, values]) => values.includes(this.record[name]));
  }

  // A record that lists EDIT among what it may allow is changed only while it does.
  get editable() {
    const field = contract.fields(contract.answer(this.collection.read)).find((one) => one.name === "actions");
    const known = field ? contract.choices(field.schema).map((choice) => choice.value) : [];
    return !known.includes("EDIT") || !Array.isArray(this.record.actions) || this.record.actions.includes("EDIT");
  }

  actions() {
    return this.collection.actions
      .filter((operation) => session.may(operation) && this.allows(operation))
      .map(
        (operation) =>
          html`<a class="button" href=${link([...this.base, this.id, "action", this.wordOf(operation)])}
            >${operation.summary}</a
          >`,
      );
  }

  // Deleting is asked twice, and only the version that was read is deleted.
  removal() {
    const { remove } = this.collection;
    if (!remove || !session.may(remove)) return nothing;
    const ask = () => {
      const dialog = theDialog();
      dialog.setAttribute("aria-label", remove.summary);
      render(
        html`<h2>${remove.summary}</h2>
          <p>${this.title}. Cette action ne se défait pas.</p>
          <p class="actions">
            <button type="button" class="main" @click=${() => (dialog.close(), this.remove())}>Supprimer</button>
            <button type="button" @click=${() => dialog.close()}>Annuler</button>
          </p>`,
        dialog,
      );
      dialog.showModal();
    };
    return html`<button type="button" @click=${ask}>Supprimer</button>`;
  }

  async remove() {
    try {
      await call(this.collection.remove, { path: this.path, ifMatch: this.etag });
      forget();
      toast("C’est supprimé.");
      history.back();
    } catch (problem) {
      this.problem = problem;
      this.draw();
    }
  }

  drawPart() {
    if (!this.tab || !this.record) return;
    const operation = this.parts().find((one) => this.wordOf(one) === this.tab);
    const place = within(this.place, ".part");
    const single = this.singles().find((one) => this.wordOf(one) === this.tab);
    if (single) return this.options.single?.(this, single, place);
    if (!operation)
      return render(html`<p class="note warn">Cette partie n’existe pas, ou votre clé ne la voit pas.</p>`, place);
    const create = contract.at(operation.path, "POST");
    const adds = create && session.may(create);
    const list = new List(place, operation, {
      path: this.path,
      base: [...this.base, this.id, this.tab],
      below: true,
      title: partTitle(operation),
      intro: adds
        ? html`<p>
            <a class="button main" href=${link([...this.base, this.id, this.tab, "nouveau"])}
              >${icon("add")} ${create.summary}</a
            >
          </p>`
        : nothing,
    });
    this.part = list;
    return list.load();
  }
}

/** What a part of a sheet is called on its tab. */
export const partTitle = (/** @type {Operation} */ operation) => {
  const known = LISTS[operation.operationId]?.title;
  if (known) return known;
  const words = operation.summary
    .replace(/^(Lister|Lire|Consulter|Voir|Résumer|Établir|Exporter) (les |l’|la |le |des )?/, "")
    .replace(/ (d’une? |d’un |du PASS|de la session).*$/, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

// The first lines of a description are for everybody; the list of refusals after them is for programs.
/** @param {Operation} operation */
function said(operation) {
  const text =
    operation.method === "POST"
      ? (operation.description ?? "")
          .split("\n\n")[0]
          .replace(/Refus propres à cette opération[^]*$/, "")
          .replaceAll("`", "")
          .trim()
      : "";
  return text ? html`<p class="lead">${contract.prose(text)}</p>` : nothing;
}

// A secret that the service shows when it is made and never again: it stays on screen until it is copied.
/** @param {HTMLElement} place
 * @param {Field[]} fields
 * @param {Row} record
 * @param {string} back */
function shownOnce(place, fields, record, back) {
  const copy = (/** @type {string} */ text) =>
    navigator.clipboard.writeText(text).then(
      () => toast("C’est copié."),
      () => toast("La copie n’est pas permise ici : sélectionnez le texte."),
    );
  mount(
    place,
    html`<h1>${titleOf(record)}</h1>
      <div class="note warn" role="alert">
        <p><strong>À copier maintenant : ce texte ne sera plus jamais montré.</strong></p>
      </div>
      ${fields.map(
        (field) =>
          html`<section class="card">
            <h2>${field.title}</h2>
            <p><code class="secret">${record[field.name]}</code></p>
            <p class="actions">
              <button type="button" class="main" @click=${() => copy(record[field.name])}>Copier</button>
            </p>
          </section>`,
      )}
      <p><a class="button" href=${back}>C’est copié, continuer</a></p>`,
  );
  within(place, "h1").tabIndex = -1;
  within(place, "h1").focus();
}

/** A form in place of the sheet: create, change, add below, act.
 * @param {HTMLElement} place
 * @param {Operation} operation
 * @param {Row} options */
export async function formScreen(
  place,
  operation,
  { title, path, record, etag, back, initial, submit, intro, below, choices, kind = Form },
) {
  if (!below) heading(title);
  mount(
    place,
    html`${below
        ? html`<h2>${title}</h2>`
        : html`<p class="crumb"><a href=${back}>${icon("left")} Retour</a></p>
            <h1>${title}</h1>`}
      ${said(operation)}${intro ?? nothing}
      <div class="form-place"></div>`,
  );
  return new kind(within(place, ".form-place"), operation, {
    choices,
    path,
    record,
    etag,
    initial,
    submit,
    cancel: back,
    done: (/** @type {Row} */ answer, /** @type {FormLike} */ form, /** @type {Row} */ body) => {
      forget();
      const secrets = contract
        .fields(contract.answer(operation))
        .filter((field) => field.schema["x-once"] && answer.data?.[field.name]);
      if (secrets.length) return shownOnce(place, secrets, answer.data, back);
      const undo = answer.unchanged ? undefined : undoOf(operation, { path, record, body, ...answer });
      toast(answer.unchanged ? "Rien n’a changé." : "C’est enregistré.", undo);
      const made =
        answer.data?.self && !record && contract.collection(answer.data.self.replace(/\/[^/]+$/, "")).read
          ? answer.data.id
          : null;
      go(made && back.split("/").length <= 2 ? `${back}/${made}` : back);
    },
  });
}
