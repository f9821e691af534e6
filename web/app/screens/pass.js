// What the generic list and sheet say more about PASS IAE: the way between their screens, and the pass drawn in time.
import { slugged } from "../core/areas.js";
import contract from "../core/contract.js";
import { date } from "../core/formats.js";
import { DRAWN, drawn, headline, milestones, options, rules } from "../ui/pass_parts.js";
import { passTabs } from "../ui/pass_tabs.js";
import { html, nothing } from "../ui/view.js";

export const list = () => ({ tabs: passTabs() });

/** Properties that the drawing says already. */
export const drawnFields = new Set([...DRAWN, "suspensions", "prolongations", "prolongation_requests"]);

// The pauses and extensions of this pass, each with its own sheet: corrected or taken back there.
const PARTS = [
  ["suspensions", "/v1/pass-suspensions"],
  ["prolongations", "/v1/pass-prolongations"],
  ["prolongation_requests", "/v1/prolongation-requests"],
];

function parts(fields, record) {
  const lines = PARTS.flatMap(([name, path]) => {
    const field = fields.find((one) => one.name === name);
    return (record[name] ?? []).map((one) => ({ one, path, title: contract.resolve(field.schema.items).title }));
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

export function sheet({ record, collection }) {
  if (!record.total_days) return nothing;
  const fields = contract.fields(contract.answer(collection.read));
  return html`${headline(fields, record, "Où en est ce PASS")}${drawn(record)}
    <div class="columns">${milestones(fields, record)}${parts(fields, record)}</div>
    ${options(fields, record)}${rules(fields, record)}`;
}
