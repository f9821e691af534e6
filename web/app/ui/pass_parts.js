// Parts of a PASS on screen, the same for a calculation and for a line of the tracker: both answer with the same properties.
// `fields` are those of the answer in the contract.
import contract, { named, pick } from "../core/contract.js";
import { date, longDate, number, plural, today } from "../core/formats.js";
import { table } from "./table.js";
import { timeline } from "./timeline.js";
import { plain, show } from "./value.js";
import { badge, html, nothing } from "./view.js";

const between = (/** @type {string} */ from, /** @type {string} */ to) => `du ${longDate(from)} au ${longDate(to)}`;

/** @param {Field[]} fields
 * @param {Row} answer */
export function headline(fields, answer, title = "Résultat") {
  const tone = { VALID: "ok", FUTURE: "info", SUSPENDED: "warn", EXPIRED: "bad" }[/** @type {string} */ (answer.state)];
  const notices = named(fields, "notices"),
    of = notices && contract.fields(contract.resolve(notices.schema.items)).find((one) => one.name === "code");
  return html`<section class="card result" aria-labelledby="result-title">
    <div class="top">
      <h2 id="result-title">${title}</h2>
      ${badge(plain(named(fields, "state"), answer.state), tone)}
    </div>
    <ul class="tiles">
      <li class="tile">
        <p>Fin du PASS</p>
        <p class="big">${date(answer.ends_on)}</p>
      </li>
      <li class="tile">
        <p>Jours restants</p>
        <p class="big">${number(answer.remaining_days)}</p>
      </li>
      ${answer.resumed_today_ends_on
        ? html`<li class="tile">
            <p>Fin si reprise aujourd’hui</p>
            <p class="big">${date(answer.resumed_today_ends_on)}</p>
          </li>`
        : nothing}
    </ul>
    <p>${sentence(answer)}</p>
    ${of && answer.notices?.length
      ? html`<ul class="small">
          ${answer.notices.map((/** @type {Row} */ notice) => html`<li>${plain(of, notice.code)}</li>`)}
        </ul>`
      : nothing}
  </section>`;
}

/** @param {Row} answer */
function sentence(answer) {
  const said = [`PASS ${between(answer.starts_on, answer.ends_on)}, ${plural(answer.total_days, "jour")} en tout.`];
  if (answer.initial_ends_on && answer.initial_ends_on !== answer.ends_on)
    said.push(`Fin initiale : ${longDate(answer.initial_ends_on)}.`);
  const wanted = answer.prolongation_window;
  if (wanted?.opens_on)
    said.push(
      `Une prolongation se demande ${between(wanted.opens_on, wanted.closes_on)}${wanted.open ? " : la période est ouverte" : ""}.`,
    );
  if (answer.waiting_period?.starts_on)
    said.push(`Délai de carence ${between(answer.waiting_period.starts_on, answer.waiting_period.ends_on)}.`);
  return said.join(" ");
}

/** @param {Row} answer */
export function drawn(answer, /** @type {Row} */ given = {}) {
  const spans = (/** @type {Row} */ list, /** @type {number} */ tone, /** @type {string} */ title) =>
    (list ?? [])
      .filter((/** @type {Row} */ one) => one.starts_on && one.ends_on)
      .map((/** @type {Row} */ one) => ({ from: one.starts_on, to: one.ends_on, tone, title }));
  const rows = [
    { label: "PASS", spans: [{ from: answer.starts_on, to: answer.ends_on, tone: 1, title: "PASS" }] },
    { label: "Suspensions", spans: spans(answer.suspensions ?? given.suspensions, 2, "Suspension") },
    { label: "Prolongations", spans: spans(answer.prolongations ?? given.prolongations, 3, "Prolongation") },
    {
      label: "Demande possible",
      spans: answer.prolongation_window?.opens_on
        ? [
            {
              from: answer.prolongation_window.opens_on,
              to: answer.prolongation_window.closes_on,
              tone: 5,
              title: "Demande de prolongation possible",
            },
          ]
        : [],
    },
    {
      label: "Carence",
      spans: answer.waiting_period?.starts_on
        ? [
            {
              from: answer.waiting_period.starts_on,
              to: answer.waiting_period.ends_on,
              tone: 4,
              title: "Délai de carence",
            },
          ]
        : [],
    },
  ].filter((row) => row.spans.length);
  return html`<section class="card">
    <h2>Frise</h2>
    ${timeline({ rows, today: answer.as_of ?? given.as_of ?? today(), title: "Frise du PASS" })}
  </section>`;
}

/** @param {Field[]} fields
 * @param {Row} answer */
export function milestones(fields, answer) {
  const field = named(fields, "milestones");
  const item = field && contract.fields(contract.resolve(field.schema.items)).find((one) => one.name === "code");
  if (!answer.milestones?.length) return nothing;
  return html`<section class="card">
    <h2>Échéances</h2>
    <ul class="due">
      ${answer.milestones.map(
        (/** @type {Row} */ one) =>
          html`<li>
            <span class="number">${date(one.on)}</span
            ><span class="what">${item ? plain(item, one.code) : one.code}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** @param {Field[]} fields
 * @param {Row} answer */
export function options(fields, answer) {
  const field = named(fields, "prolongation_options");
  if (!answer.prolongation_options?.length || !field) return nothing;
  const columns = contract.fields(contract.resolve(field.schema.items));
  const shown = pick(columns, [
    "reason",
    "allowed",
    "decided_by",
    "remaining_days",
    "request_max_ends_on",
    "max_ends_on",
    "conditions",
    "why_not",
  ]);
  return html`<section class="card">
    <h2>${field.title}</h2>
    ${table(shown, answer.prolongation_options, { caption: field.title })}
  </section>`;
}

const DETAILED = new Set(["prolongation_window", "waiting_period"]);
const filled = (/** @type {any} */ value) =>
  value !== undefined && value !== null && !(Array.isArray(value) && !value.length);

// Whatever else the service answers is shown with the titles of the contract: a new property needs no new client.
export const DRAWN = new Set([
  "state",
  "starts_on",
  "ends_on",
  "initial_ends_on",
  "total_days",
  "remaining_days",
  "resumed_today_ends_on",
  "prolongation_options",
  "milestones",
  "notices",
  "rules",
  "prolongation_window",
  "waiting_period",
]);

/** @param {Field[]} fields
 * @param {Row} answer */
export function others(fields, answer, except = new Set()) {
  const rest = fields.filter(
    (field) => !DRAWN.has(field.name) && !except.has(field.name) && filled(answer[field.name]),
  );
  const detailed = fields.filter((field) => DETAILED.has(field.name) && filled(answer[field.name]));
  return html`<section class="card">
    <h2>Détail</h2>
    <dl>
      ${[...rest, ...detailed].map(
        (field) =>
          html`<div>
            <dt>${field.title}</dt>
            <dd>${show(field, answer[field.name], answer)}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** @param {Field[]} fields
 * @param {Row} answer */
export function rules(fields, answer) {
  const field = named(fields, "rules");
  if (!answer.rules?.length) return nothing;
  return html`<details class="card">
    <summary>${field.title} (${number(answer.rules.length)})</summary>
    ${table(contract.fields(contract.resolve(field.schema.items)), answer.rules, { caption: field.title })}
  </details>`;
}
