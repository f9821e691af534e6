// Vacation aid: what the generic list and sheet say more about a stay and about the envelope of a year.
import { call, walk } from "../core/api.js";
import { link, parse } from "../core/router.js";
import contract from "../core/contract.js";
import { euro, number, plural } from "../core/formats.js";
import session from "../core/session.js";
import { gauge } from "../ui/gauge.js";
import { badge, html, icon, nothing, save, toast } from "../ui/view.js";
import { workspace } from "./stay.js";

const SCREENS = [
  ["sejours", "Séjours", "listVacationProjects"],
  ["enveloppes", "Enveloppes", "listVacationConventions"],
];

function tabs() {
  const shown = SCREENS.filter(([, , id]) => contract.has(id) && session.may(contract.operation(id)));
  const here = parse().segments[0];
  return html`<nav class="tabs" aria-label="Séjours">
    <ul>
      ${shown.map(
        ([slug, title]) =>
          html`<li><a href=${link([slug])} aria-current=${slug === here ? "page" : nothing}>${title}</a></li>`,
      )}
      <li><a href=${link(["chiffres"], { vue: "sejours" })}>Chiffres</a></li>
    </ul>
  </nav>`;
}

export const list = () => ({ tabs: tabs() });

/** @type {Record<string, [string, string]>} */
const TONES = { REFUSAL: ["bad", "bloque"], WARNING: ["warn", "à voir"] };

// The rules of the convention, as the service judges this stay now, before it is sent and after.
/** @param {Row} options */
function checks({ checks: all }) {
  if (!all?.length) return nothing;
  const failed = all.filter((/** @type {Row} */ check) => !check.ok);
  const line = (/** @type {Row} */ check) => {
    const [tone, word] = check.ok ? ["ok", "bon"] : (TONES[check.severity] ?? ["warn", "à voir"]);
    return html`<li>${badge(word, tone)} <span class="what">${check.sentence}</span></li>`;
  };
  return html`<section class="card">
    <h2>
      ${failed.length ? plural(failed.length, "règle à revoir", "règles à revoir") : "Toutes les règles sont tenues"}
    </h2>
    <ul class="due">
      ${failed.map(line)}
    </ul>
    <details>
      <summary>Règles tenues (${number(all.length - failed.length)})</summary>
      <ul class="due">
        ${all.filter((/** @type {Row} */ check) => check.ok).map(line)}
      </ul>
    </details>
  </section>`;
}

/** @param {Row} record */
function budget(record) {
  if (record.planned_costs_cents === undefined || record.planned_costs_cents === null) return nothing;
  const gap = record.planned_costs_cents - (record.planned_funding_cents ?? 0);
  return html`<section class="card">
    <h2>Budget</h2>
    ${gauge({
      title: "Financement du séjour",
      whole: Math.max(record.planned_costs_cents, record.planned_funding_cents ?? 0),
      parts: [
        {
          title: "Aide demandée",
          value: record.requested_cents ?? 0,
          tone: 1,
          text: euro(record.requested_cents ?? 0),
        },
        {
          title: "Autres financements",
          value: Math.max(0, (record.planned_funding_cents ?? 0) - (record.requested_cents ?? 0)),
          tone: 3,
          text: euro(Math.max(0, (record.planned_funding_cents ?? 0) - (record.requested_cents ?? 0))),
        },
      ],
    })}
    <p>
      Dépenses prévues : ${euro(record.planned_costs_cents)}.
      ${gap === 0 ? "Le budget est équilibré." : `Écart entre dépenses et recettes : ${euro(Math.abs(gap))}.`}
    </p>
  </section>`;
}

/** @param {Row} record */
export function envelope(record) {
  return html`<section class="card">
    <h2>Enveloppe : ${euro(record.envelope_cents)}</h2>
    ${gauge({
      title: "Enveloppe de l’année",
      whole: record.envelope_cents,
      parts: [
        {
          title: "Accordé",
          value: record.granted_cents - (record.returned_cents ?? 0),
          tone: 1,
          text: euro(record.granted_cents),
        },
        { title: "Reste", value: record.left_cents, tone: 5, text: euro(record.left_cents) },
      ],
    })}
    ${record.waiting_count
      ? html`<p>${plural(record.waiting_count, "demande")} en attente, pour ${euro(record.waiting_cents)}.</p>`
      : nothing}
  </section>`;
}

/** @param {Row} open */
export function sheet(open) {
  const { record } = open;
  if (record.envelope_cents !== undefined) return envelope(record);
  return html`<div class="columns">${checks(record)}${budget(record)}</div>
    ${workspace(open)}`;
}

/** Before a change: what the rules say of the stay as it is. */
export const intro = (/** @type {Row} */ record) => (record.checks ? checks(record) : nothing);

export const drawnFields = new Set([
  "checks",
  "difference_cents",
  "granted_cents",
  "left_cents",
  "waiting_count",
  "waiting_cents",
]);

/** Who may be the referent of a stay: the contacts of its structure.
 * @param {Operation} operation
 * @param {Row} options */
export async function form(operation, { record }) {
  const member = record?.member_id ?? session.token?.member_id;
  const contacts = contract.operation("listMemberContacts");
  if (!contract.body(operation)?.properties?.referent_contact_id || !member || !session.may(contacts)) return {};
  const { rows } = await walk(contacts, { path: { id: member }, most: 200 });
  const title = (/** @type {Row} */ one) =>
    [[one.given_name, one.family_name].filter(Boolean).join(" "), one.role].filter(Boolean).join(", ");
  return { choices: { referent_contact_id: rows.map((one) => ({ value: one.id, title: title(one) })) } };
}

/** @param {Row} record */
async function funderFile(record) {
  const { data } = await call(contract.operation("listVacationFunderLines"), {
    path: { id: record.id },
    query: { csv: "excel-fr" },
    accept: "text/csv",
    long: true,
  });
  save(`financeur-${record.year}.csv`, data, "text/csv;charset=utf-8");
}

/** Beside the actions of a convention: the file that the funder asks for, whole, as the service writes it. */
export const tools = (/** @type {Row} */ { record }) =>
  record.envelope_cents !== undefined && session.may(contract.operation("listVacationFunderLines"))
    ? html`<button type="button" @click=${() => funderFile(record).catch((problem) => toast(problem.message))}>
        ${icon("download")} Fichier du financeur
      </button>`
    : nothing;
