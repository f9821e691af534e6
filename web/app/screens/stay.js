// A stay being prepared: people and budget are added on its sheet, each is stored at once, and the service judges the rules
// anew, so that what blocks is seen while it is typed and not when it is sent. For who decides: what the envelope would hold.
import { call, walk } from "../core/api.js";
import contract, { pick } from "../core/contract.js";
import { euro, number, plural } from "../core/formats.js";
import session from "../core/session.js";
import { forget } from "../core/store.js";
import { Form } from "../ui/form.js";
import { gauge } from "../ui/gauge.js";
import { showProblem } from "../ui/problem.js";
import { table } from "../ui/table.js";
import { plain } from "../ui/value.js";
import { busy, empty, html, icon, mount, nothing, render, toast } from "../ui/view.js";

/** @typedef {{ list: string, add: string, remove: string, item: string, title: string, columns: string[], advice: string }} Part */

/** @type {Record<string, Part>} */
const PARTS = {
  people: {
    list: "listVacationBeneficiaries",
    add: "addVacationBeneficiary",
    remove: "removeVacationBeneficiary",
    item: "getVacationBeneficiary",
    title: "Personnes",
    columns: ["household_no", "role", "given_name", "family_name", "birth_year", "family_quotient_cents", "first_stay"],
    advice: "Ajoutez une première personne : le foyer, le quotient et le premier départ se disent là.",
  },
  budget: {
    list: "listVacationBudgetLines",
    add: "addVacationBudgetLine",
    remove: "removeVacationBudgetLine",
    item: "getVacationBudgetLine",
    title: "Budget",
    columns: ["side", "kind", "label", "planned_cents"],
    advice: "Ajoutez une dépense, puis les financements qui la couvrent.",
  },
};

const may = (/** @type {string} */ id) => contract.has(id) && session.may(contract.operation(id));
// The form that stays open from one line to the next, per stay.
/** @type {Map<string, string>} */
const open = new Map();

/** @param {Row[]} rows
 * @param {any} record */
function balance(rows, record) {
  const sum = (/** @type {string} */ side) =>
    rows.filter((row) => row.side === side).reduce((total, row) => total + row.planned_cents, 0);
  const [costs, funding] = [sum("COST"), sum("FUNDING")];
  const gap = funding - costs;
  return html`<p role="status">
    ${`Dépenses : ${euro(costs)}. Financements : ${euro(funding)}, dont aide demandée ${euro(record.requested_cents ?? 0)}. `}
    ${gap === 0
      ? "Le budget est équilibré."
      : `Il ${gap > 0 ? "y a un excédent de" : "manque"} ${euro(Math.abs(gap))}.`}
  </p>`;
}

/** @param {Part} part
 * @param {Row} row
 * @param {any} sheet */
async function remove(part, row, sheet) {
  try {
    const reader = contract.operation(part.item),
      name = /\{([^}]+)\}$/.exec(reader?.path ?? "")?.[1] ?? "id";
    const { etag } = await call(reader, { path: { [name]: row.id } });
    await call(contract.operation(part.remove), { path: { [name]: row.id }, ifMatch: etag });
    forget();
    toast("La ligne est retirée.");
    await sheet.load();
  } catch (problem) {
    render(showProblem(problem), /** @type {HTMLElement} */ (sheet.place.querySelector(".stay-failure")));
  }
}

/** @param {string} word
 * @param {Part} part
 * @param {any} sheet
 * @param {HTMLElement} place */
function addForm(word, part, sheet, place) {
  const operation = /** @type {Operation} */ (contract.operation(part.add));
  open.set(sheet.id, word);
  new Form(place, operation, {
    path: sheet.path,
    submit: operation.summary,
    done: async () => {
      forget();
      toast("C’est ajouté ; les règles sont relues.");
      await sheet.load();
    },
  });
}

/** @param {string} word
 * @param {any} sheet
 * @param {boolean} edits */
function partOf(word, sheet, edits) {
  const part = PARTS[word],
    operation = contract.operation(part.list);
  const place = document.createElement("section");
  place.className = "card";
  const columns = pick(contract.fields(contract.row(operation)), part.columns).filter((field) =>
    session.sees(field.schema),
  );
  mount(
    place,
    html`<h2>${part.title}</h2>
      ${busy()}`,
  );
  const toggle = () => {
    if (open.get(sheet.id) === word) open.delete(sheet.id);
    else open.set(sheet.id, word);
    sheet.draw();
  };
  walk(operation, { path: sheet.path, most: 500 }).then(
    ({ rows }) => {
      const opened = edits && open.get(sheet.id) === word && may(part.add);
      mount(
        place,
        html`<div class="top">
            <h2>${part.title} : ${number(rows.length)}</h2>
            <div class="tools no-print">
              ${edits && may(part.add)
                ? html`<button type="button" aria-expanded=${opened ? "true" : "false"} @click=${toggle}>
                    ${icon(opened ? "close" : "add")}
                    ${opened ? "Fermer la saisie" : contract.operation(part.add)?.summary}
                  </button>`
                : nothing}
            </div>
          </div>
          <div class="add-place"></div>
          ${word === "budget" ? balance(rows, sheet.record) : nothing}
          ${rows.length ? table(columns, rows, { caption: part.title }) : empty("Rien n’est encore saisi", part.advice)}
          ${edits && rows.length && may(part.remove) ? removals(part, rows, columns, sheet) : nothing}`,
      );
      if (opened) addForm(word, part, sheet, /** @type {HTMLElement} */ (place.querySelector(".add-place")));
    },
    (problem) =>
      mount(
        place,
        showProblem(problem, () => sheet.draw()),
      ),
  );
  return place;
}

/** @param {Part} part
 * @param {Row[]} rows
 * @param {Field[]} columns
 * @param {any} sheet */
const removals = (part, rows, columns, sheet) =>
  html`<details class="no-print">
    <summary>Retirer une ligne</summary>
    <ul class="due">
      ${rows.map(
        (row, index) =>
          html`<li>
            <span class="what"
              >${columns
                .filter((field) => row[field.name] !== null && row[field.name] !== undefined)
                .slice(0, 4)
                .map((field) => plain(field, row[field.name]))
                .join(", ")}</span
            >
            <button type="button" @click=${() => remove(part, row, sheet)}>
              Retirer<span class="sr"> la ligne ${index + 1}</span>
            </button>
          </li>`,
      )}
    </ul>
  </details>`;

/** What the envelope of the year would hold after this stay, for who decides. @param {any} sheet */
function envelopeAfter({ record }) {
  const place = document.createElement("section");
  place.className = "card";
  const wanted = record.granted_cents ?? record.requested_cents ?? 0;
  call(contract.operation("getVacationConvention"), { path: { id: record.convention_id } }).then(
    ({ data }) => {
      const after = data.left_cents - wanted;
      mount(
        place,
        html`<h2>Ce que l’accord ferait à l’enveloppe</h2>
          ${gauge({
            title: "Enveloppe de l’année",
            whole: data.envelope_cents,
            parts: [
              {
                title: "Déjà accordé",
                value: data.envelope_cents - data.left_cents,
                tone: 1,
                text: euro(data.granted_cents),
              },
              { title: "Ce séjour", value: Math.min(wanted, data.left_cents), tone: 2, text: euro(wanted) },
              { title: "Resterait", value: Math.max(0, after), tone: 5, text: euro(Math.max(0, after)) },
            ],
          })}
          ${after < 0
            ? html`<p class="note warn">Il manquerait ${euro(-after)} : le projet attendrait du budget.</p>`
            : nothing}
          ${data.waiting_count
            ? html`<p>
                ${plural(data.waiting_count, "projet attend", "projets attendent")} déjà du budget, pour
                ${euro(data.waiting_cents)}.
              </p>`
            : nothing}`,
      );
    },
    () => place.remove(),
  );
  return place;
}

/** What stands under the rules of a stay. @param {any} sheet */
export function workspace(sheet) {
  const { record } = sheet;
  const edits = Array.isArray(record.actions) && record.actions.includes("EDIT");
  const decides = Array.isArray(record.actions) && record.actions.includes("APPROVE") && may("approveVacationProject");
  const parts = Object.keys(PARTS).filter((word) => may(PARTS[word].list));
  if (!edits && !decides) return nothing;
  return html`<div class="stay-failure" aria-live="polite"></div>
    ${decides && may("getVacationConvention") ? envelopeAfter(sheet) : nothing}
    <div class="columns half">${parts.map((word) => partOf(word, sheet, edits))}</div>`;
}
