// What the generic list and sheet say more about PASS IAE: the way between their screens, and the pass drawn in time.
import { slugged } from "../core/areas.js";
import { call } from "../core/api.js";
import contract, { named } from "../core/contract.js";
import { date, phone } from "../core/formats.js";
import session from "../core/session.js";
import { DRAWN, drawn, headline, milestones, options, rules } from "../ui/pass_parts.js";
import { passTabs } from "../ui/pass_tabs.js";
import { html, icon, mount, nothing } from "../ui/view.js";

export const list = () => ({ tabs: passTabs() });

/** Properties that the drawing says already. */
export const drawnFields = new Set([...DRAWN, "suspensions", "prolongations", "prolongation_requests"]);

// The pauses and extensions of this pass, each with its own sheet: corrected or taken back there.
const PARTS = [
  ["suspensions", "/v1/pass-suspensions"],
  ["prolongations", "/v1/pass-prolongations"],
  ["prolongation_requests", "/v1/prolongation-requests"],
];

/** @param {Field[]} fields
 * @param {Row} record */
function parts(fields, record) {
  const lines = PARTS.flatMap(([name, path]) => {
    const field = named(fields, name);
    return (record[name] ?? []).map((/** @type {Row} */ one) => ({
      one,
      path,
      title: contract.resolve(field.schema.items).title,
    }));
  });
  if (!lines.length) return nothing;
  return html`<section class="card">
    <h2>Suspensions et prolongations</h2>
    <ul class="due">
      ${lines.map(
        ({ one, path, title }) =>
          html`<li>
            <span class="number">${date(one.starts_on)} – ${date(one.ends_on)}</span>
            <span class="what"><a href=${slugged(`${path}/${one.id}`)}>${title}</a></span>
          </li>`,
      )}
    </ul>
  </section>`;
}

// Whom to call about this pass; a structure needs not call itself.
/** @param {Row} record */
function whom(record) {
  const place = document.createElement("div");
  const reader = contract.operation("getMember");
  if (session.token?.caller === "STRUCTURE" || !session.may(reader)) return nothing;
  call(reader, { path: { id: record.member_id } }).then(
    ({ data }) =>
      mount(
        place,
        html`<p>
          ${icon("right")} <a href=${slugged(`/v1/members/${data.id}`)}>${data.name}</a>${data.phone
            ? html` : <a href="tel:${data.phone}">${phone(data.phone)}</a>`
            : " : aucun numéro de téléphone sur sa fiche."}
        </p>`,
      ),
    () => undefined,
  );
  return place;
}

/** @param {Row} options */
export function sheet({ record, collection }) {
  if (!record.total_days) return nothing;
  const fields = contract.fields(contract.answer(collection.read));
  return html`${whom(record)}${headline(fields, record, "Où en est ce PASS")}${drawn(record)}
    <div class="columns">${milestones(fields, record)}${parts(fields, record)}</div>
    ${options(fields, record)}${rules(fields, record)}`;
}
