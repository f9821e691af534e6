// The diagnostic sheet of a PASS: fourteen needs, each with a level, what was done and what is planned; filled in, signed,
// sent, printed. It speaks of health, housing and justice in codes: nothing of it is kept in the browser.
import { call } from "../core/api.js";
import contract, { named } from "../core/contract.js";
import { date, longDate, plural } from "../core/formats.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { control, idOf } from "../ui/controls.js";
import { Form } from "../ui/form.js";
import { showProblem } from "../ui/problem.js";
import { table } from "../ui/table.js";
import { plain } from "../ui/value.js";
import { live } from "../ui/directives.js";
import { badge, html, icon, mount, nothing, render, toast, within } from "../ui/view.js";

const itemFields = (/** @type {Schema | null} */ schema) => contract.inside(schema, "items");

/** One line for each need of the contract, filled in or not.
 * @param {any} schema
 * @param {Row[]} items
 * @returns {Row[]} */
const allNeeds = (schema, items) =>
  contract
    .choices(named(itemFields(schema), "need").schema)
    .map((need) => items.find((item) => item.need === need.value) ?? { need: need.value });

const begun = (/** @type {Row} */ item) =>
  Boolean(item.level || item.planned_action || item.actions_done?.filter(Boolean).length);

/** The form of the sheet: the fields of the contract, laid out as the paper has them, and no draft in the browser. */
class SheetForm extends Form {
  /** @param {(string | number)[]} path
   * @param {any} value */
  set(path, value) {
    const last = path[path.length - 1];
    path.slice(0, -1).reduce((at, key) => at[key], this.raw)[last] = value;
    this.faults.delete(`/${path.join("/")}`);
    this.draw();
  }

  /** Needs of which nothing is said stay out; faults keep the place of their need on screen. */
  body() {
    const places = this.raw.items.map((/** @type {Row} */ item, /** @type {number} */ index) =>
      begun(item) ? index : -1,
    );
    const kept = places.filter((/** @type {number} */ index) => index >= 0);
    const whole = this.raw;
    this.raw = {
      ...whole,
      items: kept.map((/** @type {number} */ index) => ({
        ...whole.items[index],
        actions_done: (whole.items[index].actions_done ?? []).filter(Boolean),
      })),
    };
    const { body, faults } = super.body();
    this.raw = whole;
    return {
      body,
      faults: faults.map((fault) => ({
        ...fault,
        pointer: (fault.pointer ?? "").replace(/^\/items\/(\d+)/, (_, at) => `/items/${kept[Number(at)]}`),
      })),
    };
  }

  controls() {
    const heads = this.fields.filter((field) => field.name !== "items");
    const done = this.raw.items.filter((/** @type {Row} */ item) => item.level).length;
    return html`<div class="fields">${heads.map((field) => control(field, [field.name], this))}</div>
      <p role="status">${plural(done, "besoin rempli", "besoins remplis")} sur ${this.raw.items.length}.</p>
      ${this.raw.items.map((/** @type {Row} */ item, /** @type {number} */ index) => need(this, item, index))}`;
  }
}

/** @param {SheetForm} form
 * @param {Row} item
 * @param {number} index */
function need(form, item, index) {
  const fields = itemFields(form.schema);
  return html`<fieldset class="one need">
    <legend>${plain(named(fields, "need"), item.need)}</legend>
    ${levels(form, named(fields, "level"), item, index)}
    <div class="fields">
      ${actions(form, named(fields, "actions_done"), item, index)}
      ${control(named(fields, "planned_action"), ["items", index, "planned_action"], form)}
    </div>
  </fieldset>`;
}

/** @param {SheetForm} form
 * @param {Field} field
 * @param {Row} item
 * @param {number} index */
function levels(form, field, item, index) {
  const pointer = `/items/${index}/level`,
    fault = form.faults.get(pointer);
  return html`<div class="levels" role="radiogroup" aria-label=${field.title} data-pointer=${pointer}>
    <span>${field.title}</span>
    ${contract
      .choices(field.schema)
      .map(
        (choice, at) =>
          html`<label class="check"
            ><input
              type="radio"
              id=${at ? nothing : idOf(pointer)}
              name="level-${index}"
              value=${choice.value}
              .checked=${live(item.level === choice.value)}
              @change=${() => form.set(["items", index, "level"], choice.value)}
            />
            ${choice.title}</label
          >`,
      )}
    ${fault ? html`<p class="fault">${icon("warn")} ${fault}</p>` : nothing}
  </div>`;
}

/** As many choices as the contract allows, never the same twice.
 * @param {SheetForm} form
 * @param {Field} field
 * @param {Row} item
 * @param {number} index */
function actions(form, field, item, index) {
  const chosen = item.actions_done ?? [];
  const pick = (/** @type {number} */ at, /** @type {string} */ value) => {
    const next = [...chosen];
    next[at] = value;
    form.set(["items", index, "actions_done"], [...new Set(next.filter(Boolean))]);
  };
  const choices = contract.choices(field.schema);
  return Array.from({ length: field.schema.maxItems ?? 1 }, (_, at) => {
    const id = idOf(`/items/${index}/actions_done${at ? `/${at}` : ""}`);
    return html`<div class="field">
      <label for=${id}>${field.title}${at ? ` (${at + 1})` : ""}</label>
      <select
        id=${id}
        ?disabled=${at > chosen.length}
        @change=${(/** @type {Event} */ event) => pick(at, /** @type {HTMLSelectElement} */ (event.target).value)}
      >
        <option value="" ?selected=${!chosen[at]}>—</option>
        ${choices
          .filter((choice) => choice.value === chosen[at] || !chosen.includes(choice.value))
          .map(
            (choice) =>
              html`<option value=${choice.value} ?selected=${choice.value === chosen[at]}>${choice.title}</option>`,
          )}
      </select>
    </div>`;
  });
}

/** The sheet as it is signed and printed.
 * @param {any} operation
 * @param {Row} data */
function paper(operation, data) {
  const schema = contract.answer(operation),
    fields = contract.fields(schema);
  const columns = [...itemFields(schema).values()];
  const line = (/** @type {string} */ name) =>
    html`<div>
      <dt>${named(fields, name).title}</dt>
      <dd>${data[name] === null || data[name] === undefined ? "—" : plain(named(fields, name), data[name])}</dd>
    </div>`;
  return html`<section class="card">
      <dl>
        ${[
          "member_name",
          "siret",
          "number_last4",
          "starts_on",
          "ends_on",
          "filled_on",
          "time_done",
          "months_asked",
          "signed_at",
          "sent_on",
        ].map(line)}
      </dl>
    </section>
    ${table(columns, allNeeds(schema, data.items), { caption: named(fields, "items").title })}
    ${data.signed_at
      ? html`<p class="small">
          Signée le ${longDate(data.signed_at.slice(0, 10))}. ${named(fields, "signature").title} :
          <code>${data.signature}</code>${data.signature_holds === false
            ? html` <strong>L’empreinte ne correspond plus au contenu.</strong>`
            : nothing}
        </p>`
      : html`<p class="print-only">Non signée.</p>`}`;
}

/** @param {Row} data
 * @param {any} sheet */
function versions(data, sheet) {
  if (data.versions.length < 2) return nothing;
  const state = named(contract.fields(contract.answer(contract.operation("getDiagnosticSheet"))), "state");
  return html`<h3>Versions</h3>
    <ul class="due no-print">
      ${data.versions.map(
        (/** @type {Row} */ one) =>
          html`<li>
            <a
              href=${link([...sheet.base, sheet.id, "diagnostic-sheet"], { number: one.number })}
              aria-current=${one.number === data.number ? "page" : nothing}
              >Version ${one.number}</a
            >
            <span class="what"
              >${plain(state, one.state)}${one.filled_on ? `, remplie le ${date(one.filled_on)}` : ""}</span
            >
          </li>`,
      )}
    </ul>`;
}

/** Sign or send: one button, the version that was read.
 * @param {string} id
 * @param {any} given
 * @param {() => void} again
 * @param {HTMLElement} failure */
async function act(id, given, again, failure) {
  const operation = contract.operation(id);
  try {
    const keyed = contract.parameters(operation, "header").some((one) => one.name === "Idempotency-Key");
    await call(operation, {
      path: given.sheet.path,
      ifMatch: given.etag,
      key: keyed ? crypto.randomUUID() : undefined,
    });
    toast(id === "signDiagnosticSheet" ? "La fiche est signée." : "L’envoi est noté.");
    again();
  } catch (problem) {
    render(showProblem(problem), /** @type {HTMLElement} */ (failure));
    failure.scrollIntoView({ block: "nearest" });
  }
}

/** @param {HTMLElement} place
 * @param {{ sheet: any, operation: any, writer: any, data: Row, etag: string }} given */
export async function show(place, given) {
  const { sheet, operation, writer } = given;
  const number = parse().query.number;
  if (number && Number(number) !== given.data.number)
    Object.assign(given, await call(operation, { path: sheet.path, query: { number } }));
  const { data } = given;
  const latest = data.number === Math.max(0, ...data.versions.map((/** @type {Row} */ one) => one.number));
  const open = writer && latest && (data.number === 0 || data.state === "DRAFT" || parse().query.nouvelle);
  const fields = contract.fields(contract.answer(operation));
  const state = named(fields, "state");
  const again = () => dispatchEvent(new HashChangeEvent("hashchange"));
  const may = (/** @type {string} */ id) => session.may(contract.operation(id));
  const step = (/** @type {string} */ id) =>
    html`<button type="button" class="main" @click=${() => act(id, given, again, within(place, ".failure"))}>
      ${contract.operation(id)?.summary}
    </button>`;
  const complete =
    data.needs_count === contract.choices(named(itemFields(contract.answer(operation)), "need").schema).length;
  mount(
    place,
    html`<div class="top">
        <h2>Fiche de diagnostic${data.number ? `, version ${data.number}` : ""}</h2>
        ${data.number ? badge(plain(state, data.state), state.schema["x-ui"]?.tone?.[data.state]) : nothing}
        <div class="tools">
          ${latest && data.state === "DRAFT" && complete && may("signDiagnosticSheet")
            ? step("signDiagnosticSheet")
            : nothing}
          ${latest && data.state === "SIGNED" && may("sendDiagnosticSheet") ? step("sendDiagnosticSheet") : nothing}
          ${writer && latest && !open
            ? html`<a class="button" href=${link([...sheet.base, sheet.id, "diagnostic-sheet"], { nouvelle: 1 })}
                >${icon("add")} Nouvelle version</a
              >`
            : nothing}
        </div>
      </div>
      <div class="failure" aria-live="polite"></div>
      <p class="lead no-print">
        En codes seulement, sans nom ni commentaire ; rien n’est gardé dans ce navigateur : enregistrez avant de partir.
        ${data.state === "DRAFT" && !complete ? "La signature est possible quand tous les besoins sont remplis." : ""}
      </p>
      <div class="form-place"></div>
      <div class=${open ? "print-only" : ""}>${paper(operation, data)}</div>
      ${versions(data, sheet)}`,
  );
  if (open)
    new SheetForm(within(place, ".form-place"), writer, {
      path: sheet.path,
      initial: { ...data, items: allNeeds(contract.body(writer), data.items) },
      etag: given.etag,
      done: () => {
        toast("C’est enregistré.");
        if (parse().query.nouvelle) location.hash = link([...sheet.base, sheet.id, "diagnostic-sheet"]);
        else again();
      },
    });
}
