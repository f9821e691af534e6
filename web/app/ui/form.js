// A form made from an operation: it keeps a draft, sends once, shows faults at their fields and in a summary that takes
// the focus, and when somebody else was faster, lets the visitor choose field by field.
import { call, newKey } from "../core/api.js";
import contract from "../core/contract.js";
import { Problem } from "../core/problem.js";
import session from "../core/session.js";
import { drafts } from "../core/store.js";
import { control, idOf } from "./controls.js";
import { changes, read, typedObject } from "./fields.js";
import { plain } from "./value.js";
import { showProblem } from "./problem.js";
import { html, icon, nothing, render, within } from "./view.js";

const clone = (/** @type {any} */ value) => JSON.parse(JSON.stringify(value));

export class Form {
  /** What is at fault, by the pointer of its value. @type {Map<string, string>} */
  faults = new Map();
  /** The same in the order of the answer, each with what its field is called. @type {(Fault & { title: string })[]} */
  summary = [];
  /** @type {Problem | null} */
  refused = null;
  /** @type {unknown} */
  problem = null;
  key = newKey();
  sending = false;
  /** Both versions when somebody else was faster, and which is to be taken. @type {Conflict | null} */
  conflict = null;
  /** Rows of the lists that fields refer to, once they have come. @type {Map<string, Named[]> | undefined} */
  known = undefined;

  /**
   * place: where it is drawn. operation: what it sends. Options: path (values of the address), record and etag (a change),
   * initial (proposed values), only (names of the fields shown), title, submit (text of the button), done(answer, form),
   * cancel (address), compute (nothing is stored: no draft, stays open), live(body) (called with each valid entry).
   * @param {HTMLElement} place
   * @param {Operation} operation
   * @param {FormOptions} [options] */
  constructor(place, operation, options = {}) {
    this.place = place;
    this.operation = operation;
    this.options = options;
    this.schema = contract.body(operation) ?? { properties: {} };
    this.record = options.record ?? null;
    this.etag = options.etag ?? null;
    this.name = `${operation.operationId}:${Object.values(options.path ?? {}).join(":")}`;
    this.start = typedObject(this.schema, this.record ?? options.initial ?? {});
    this.plainest = typedObject(this.schema, {});
    const draft = options.compute ? null : drafts.read(this.name);
    this.raw = draft ? { ...clone(this.start), ...draft } : clone(this.start);
    this.restored = Boolean(draft);
    this.draw();
  }

  get dirty() {
    return JSON.stringify(this.raw) !== JSON.stringify(this.start);
  }
  get fields() {
    const { only } = this.options;
    return contract
      .fields(this.schema)
      .filter(
        (field) =>
          !field.schema.readOnly &&
          !field.schema.deprecated &&
          session.sees(field.schema) &&
          (!only || only.includes(field.name)),
      );
  }

  /** @param {Path} path
   * @param {any} value */
  set(path, value) {
    const last = path.at(-1);
    path.slice(0, -1).reduce((at, key) => at[key], this.raw)[last ?? ""] = value;
    if (this.faults.delete(`/${path.join("/")}`)) this.draw();
    if (!this.options.compute) drafts.keep(this.name, this.raw);
    if (this.options.changed) this.options.changed(this);
  }

  redraw = () => this.draw();
  /** @param {string} id */
  focus(id) {
    document.getElementById(id)?.focus();
  }

  /** Body and faults of what is typed now. */
  body() {
    /** @type {Fault[]} */
    const faults = [];
    const body = read(this.schema, this.raw, "", faults, false, Boolean(this.record)) ?? {};
    return { body: this.record ? changes(body, this.record) : body, faults };
  }

  /** @param {Event} [event] */
  async submit(event) {
    event?.preventDefault();
    if (this.sending) return;
    const { body, faults } = this.body();
    this.problem = null;
    if (faults.length) return this.refuse(faults);
    if (this.record && !Object.keys(body).length) return this.finish({ data: this.record, unchanged: true });
    this.sending = true;
    this.draw();
    try {
      const answer = await call(this.operation, {
        path: this.options.path,
        body,
        ifMatch: this.etag ?? undefined,
        key: contract.parameters(this.operation, "header").some((one) => one.name === "Idempotency-Key")
          ? this.key
          : undefined,
      });
      this.sending = false;
      this.finish(answer, body);
    } catch (problem) {
      this.sending = false;
      this.fail(problem, body);
    }
  }

  /** @param {Partial<Answer> & { data: any, unchanged?: boolean }} answer
   * @param {Row} [body] */
  finish(answer, body) {
    drafts.drop(this.name);
    // The next send is another act, with a key of its own.
    this.key = newKey();
    if (this.options.compute) {
      this.faults.clear();
      this.draw();
    }
    this.options.done?.(answer, this, body);
  }

  /** @param {any} problem
   * @param {Row} body */
  async fail(problem, body) {
    if (problem instanceof Problem && problem.status === 412 && this.record) return this.merge(problem, body);
    const faults = (problem.errors ?? []).filter((/** @type {Fault} */ fault) => fault.pointer);
    // The answer to a refused content is kept under its key: a corrected content is another request.
    if (problem.status === 422) this.key = newKey();
    if (problem instanceof Problem && faults.length) return this.refuse(faults, problem);
    this.problem = problem;
    this.draw();
    this.focus("form-summary");
  }

  /** @param {Fault[]} faults
   * @param {Problem | null} [problem] */
  refuse(faults, problem = null) {
    this.faults = new Map(faults.map((fault) => [fault.pointer ?? "", fault.detail]));
    this.summary = faults.map((fault) => ({ ...fault, title: this.titleOf(fault.pointer) }));
    this.refused = problem;
    this.options.refused?.(faults, problem);
    this.draw();
    this.focus("form-summary");
  }

  /** @param {string | undefined} pointer */
  titleOf(pointer = "") {
    let schema = this.schema;
    const words = [];
    for (const key of pointer.split("/").slice(1)) {
      if (/^\d+$/.test(key)) {
        words.push(String(Number(key) + 1));
        schema = contract.resolve(schema.items);
        continue;
      }
      schema = contract.resolve(schema?.properties?.[key]);
      words.push(schema?.title ?? key);
    }
    return words.join(" ");
  }

  // 412: reads what is there now; fields that both sides changed are asked about, the others are taken as they are.
  /** @param {any} problem
   * @param {Row} mine */
  async merge(problem, mine) {
    try {
      const reader = contract.operation(this.operation["x-reader"]);
      const { data: theirs, etag } = await call(reader, { path: this.options.path });
      const names = Object.keys(mine).filter(
        (name) =>
          JSON.stringify(theirs[name]) !== JSON.stringify(this.record?.[name]) &&
          JSON.stringify(theirs[name]) !== JSON.stringify(mine[name]),
      );
      this.conflict = { theirs, etag, mine, names, take: Object.fromEntries(names.map((name) => [name, "mine"])) };
    } catch (error) {
      this.problem = error;
    }
    this.draw();
    this.focus("form-summary");
  }

  settle() {
    if (!this.conflict) return;
    const { theirs, etag, mine, names, take } = this.conflict;
    const wanted = { ...theirs, ...mine };
    for (const name of names) if (take[name] === "theirs") wanted[name] = theirs[name];
    this.record = theirs;
    this.etag = etag;
    this.raw = typedObject(this.schema, wanted);
    this.conflict = null;
    this.key = newKey();
    this.submit();
  }

  dropDraft() {
    drafts.drop(this.name);
    this.raw = clone(this.start);
    this.restored = false;
    this.faults.clear();
    this.draw();
  }

  // With `main`, the fields of every day are in sight and the others one click away.
  controls() {
    const { main } = this.options,
      draw = (/** @type {Field[]} */ fields) =>
        html`<div class="fields">
          ${fields.map((/** @type {Field} */ field) => control(field, [field.name], this))}
        </div>`;
    if (!main) return draw(this.fields);
    const rest = this.fields.filter((field) => !main.includes(field.name));
    const needed = rest.some(
      (field) =>
        [...this.faults.keys()].some((pointer) => pointer.startsWith(`/${field.name}`)) ||
        JSON.stringify(this.raw[field.name]) !== JSON.stringify(this.plainest[field.name]),
    );
    return html`${draw(this.fields.filter((field) => main.includes(field.name)))}${rest.length
      ? html`<details class="more" ?open=${needed}>
          <summary>Plus de précisions</summary>
          ${draw(rest)}
        </details>`
      : nothing}`;
  }

  draw() {
    render(this.template(), this.place);
  }

  template() {
    const { options } = this;
    if (this.conflict) return conflictTemplate(this);
    return html`<form class="made" novalidate @submit=${(/** @type {Event} */ event) => this.submit(event)}>
      ${this.restored
        ? html`<p class="note info">
            Brouillon repris : il était gardé dans cet onglet.
            <button type="button" class="quiet" @click=${() => this.dropDraft()}>L’effacer</button>
          </p>`
        : nothing}
      <div id="form-summary" tabindex="-1">
        ${this.faults.size ? summaryTemplate(this) : this.problem ? showProblem(this.problem) : nothing}
      </div>
      ${this.controls()}
      <p class="actions">
        <button class="main" ?disabled=${this.sending}>
          ${this.sending ? "Enregistrement…" : (options.submit ?? "Enregistrer")}
        </button>
        ${options.cancel ? html`<a class="button" href=${options.cancel}>Annuler</a>` : nothing}
      </p>
    </form>`;
  }
}

/** @param {Form} form */
function summaryTemplate(form) {
  const count = form.faults.size;
  const leave = (/** @type {Event} */ event, pointer = "") => {
    event.preventDefault();
    const id = idOf(pointer);
    (document.getElementById(id) ?? within(document, `[data-pointer="${CSS.escape(pointer)}"] input`))?.focus();
  };
  return html`<div class="problem" role="alert">
    <p class="problem-title">
      ${icon("warn")} <strong>${count === 1 ? "Une entrée est à corriger" : `${count} entrées sont à corriger`}</strong>
    </p>
    ${form.refused?.title && form.refused.code !== "validation-failed" ? html`<p>${form.refused.title}</p>` : nothing}
    <ul>
      ${(form.summary ?? []).map(
        (fault) =>
          html`<li>
            <a
              href="#${idOf(fault.pointer ?? "")}"
              @click=${(/** @type {Event} */ event) => leave(event, fault.pointer)}
              >${fault.title}</a
            >
            : ${fault.detail}${fault.suggestion ? ` Voulez-vous dire « ${fault.suggestion} » ?` : nothing}
          </li>`,
      )}
    </ul>
    ${form.refused?.request_id
      ? html`<p class="small">Numéro de la demande : <code>${form.refused.request_id}</code></p>`
      : nothing}
  </div>`;
}

/** @param {Form} form */
function conflictTemplate(form) {
  const conflict = /** @type {Conflict} */ (form.conflict),
    record = form.record ?? {};
  const fields = contract.fields(form.schema).filter((field) => conflict.names.includes(field.name));
  const choose = (/** @type {string} */ name, /** @type {string} */ side) => {
    conflict.take[name] = side;
    form.draw();
  };
  const cell = (/** @type {Field} */ field, /** @type {any} */ value) => plain(field, value) || "(vide)";
  return html`<form
    class="made"
    @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      form.settle();
    }}
  >
    <div id="form-summary" tabindex="-1">
      <div class="note warn" role="alert">
        <p><strong>La fiche a été modifiée depuis votre lecture.</strong></p>
        <p>
          ${fields.length
            ? "Choisissez, ligne par ligne, ce qui doit rester. Rien n’est perdu."
            : "Les autres changements ne touchent pas les vôtres : vous pouvez enregistrer."}
        </p>
      </div>
    </div>
    ${fields.length
      ? html`<div class="scroll">
          <table class="merge">
            <caption>
              Versions en présence
            </caption>
            <thead>
              <tr>
                <th scope="col">Champ</th>
                <th scope="col">À votre lecture</th>
                <th scope="col">Votre version</th>
                <th scope="col">Version actuelle</th>
              </tr>
            </thead>
            <tbody>
              ${fields.map(
                (field) =>
                  html`<tr>
                    <th scope="row">${field.title}</th>
                    <td>${cell(field, record[field.name])}</td>
                    ${[
                      ["mine", conflict.mine[field.name]],
                      ["theirs", conflict.theirs[field.name]],
                    ].map(
                      ([side, value]) =>
                        html`<td>
                          <label class="check"
                            ><input
                              type="radio"
                              name="take-${field.name}"
                              value=${side}
                              .checked=${conflict.take[field.name] === side}
                              @change=${() => choose(field.name, side)}
                            />
                            ${cell(field, value)}</label
                          >
                        </td>`,
                    )}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`
      : nothing}
    <p class="actions">
      <button class="main">Enregistrer ce choix</button>
      <button
        type="button"
        @click=${() => {
          form.conflict = null;
          form.draw();
        }}
      >
        Revenir à la saisie
      </button>
    </p>
  </form>`;
}
