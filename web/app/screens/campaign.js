// A campaign and its answers: how far it is, what is next, and for an answer whether its headcounts may be validated.
import { call } from "../core/api.js";
import { slugged } from "../core/areas.js";
import contract, { named } from "../core/contract.js";
import { date, daysBetween, longDate, number, plural, today } from "../core/formats.js";
import { link } from "../core/router.js";
import session from "../core/session.js";
import { gauge } from "../ui/gauge.js";
import { passTabs } from "../ui/pass_tabs.js";
import { plain } from "../ui/value.js";
import { html, icon, mount, nothing } from "../ui/view.js";

/** @typedef {import("../ui/sheet.js").Sheet} Sheet */

export const list = () => ({ tabs: passTabs() });

/** Properties that the drawing and its sentences say already. */
export const drawnFields = new Set([
  "invited_count",
  "answered_count",
  "validated_count",
  "campaign_code",
  "headcounts_hidden",
  "differs_from_lines",
]);

const lower = (/** @type {string} */ text) => text.charAt(0).toLowerCase() + text.slice(1);
const may = (/** @type {string} */ id) => contract.has(id) && session.may(contract.operation(id));

/** Whose PASS the campaign is about, in one sentence.
 * @param {Row} record
 * @param {any[]} fields */
function cohort(record, fields) {
  const text = (/** @type {string} */ name) => {
    const field = named(fields, name);
    return field && record[name]?.length ? `${lower(field.title)} : ${plain(field, record[name])}` : "";
  };
  const said = [
    `PASS qui finissent du ${date(record.ends_from)} au ${date(record.ends_to)}`,
    ...["origins", "siae_kinds", "region_codes"].map(text).filter(Boolean),
    record.prolonged_days_from ? `déjà prolongés de ${plural(record.prolonged_days_from, "jour")} au moins` : "",
  ];
  return `${said.filter(Boolean).join(" ; ")}.`;
}

/** @param {Row} record */
function deadline({ status, closes_on }) {
  if (status !== "OPEN") return nothing;
  const left = daysBetween(today(), closes_on);
  return html`<p>
    ${left >= 0
      ? html`Dernier jour pour répondre : ${longDate(closes_on)},
        ${left ? `dans ${plural(left, "jour")}` : "aujourd’hui"}.`
      : html`Dernier jour pour répondre passé depuis ${plural(-left, "jour")} (${longDate(closes_on)}).`}
  </p>`;
}

/** The work that waits, each line one click away.
 * @param {Row} record
 * @param {string} id */
function waiting(record, id) {
  const missing = record.invited_count - record.answered_count,
    unread = record.answered_count - record.validated_count;
  const to = (/** @type {string[]} */ words, /** @type {Row} */ query) => link(["campagnes", id, ...words], query);
  const lines = [
    may("validatePassCampaignAnswer") && record.status === "OPEN" && unread
      ? html`<a href=${to(["answers"], { state: "SUBMITTED" })}
          >${plural(unread, "réponse envoyée à valider", "réponses envoyées à valider")}</a
        >`
      : null,
    may("listPassCampaignReminders") && record.status === "OPEN" && missing
      ? html`<a href=${to(["reminders"], {})}>${plural(missing, "structure à relancer", "structures à relancer")}</a>`
      : null,
    may("passCampaignSummary") ? html`<a href=${to(["summary"], {})}>Synthèse : âges, suites, issues</a>` : null,
    session.token?.caller === "STRUCTURE"
      ? html`<a href=${to(["answers"], {})}>${missing ? "Répondre" : "Revoir la réponse"}</a>`
      : null,
  ].filter(Boolean);
  return lines.length
    ? html`<ul class="due">
        ${lines.map((line) => html`<li><span class="what">${line}</span>${icon("right")}</li>`)}
      </ul>`
    : nothing;
}

/** @param {Row} record
 * @param {string} id
 * @param {any[]} fields */
function overview(record, id, fields) {
  const part = (/** @type {string} */ title, /** @type {number} */ value, /** @type {number} */ tone) => ({
    title,
    value,
    tone,
    text: number(value),
  });
  return html`<section class="card">
    <h2>Où en est la campagne</h2>
    <p>${cohort(record, fields)}</p>
    ${deadline(record)}
    ${record.invited_count
      ? gauge({
          title: "Réponses des structures invitées",
          whole: record.invited_count,
          parts: [
            part("Validées", record.validated_count, 1),
            part("Envoyées, à valider", record.answered_count - record.validated_count, 3),
            part("Pas encore envoyées", record.invited_count - record.answered_count, 0),
          ],
        })
      : html`<p>Aucune structure n’est encore invitée : elles le sont à l’ouverture.</p>`}
    ${waiting(record, id)}
  </section>`;
}

/** The next answer that waits for the same decision, so that a queue is worked through without going back.
 * @param {Row} record */
function nextAnswer(record) {
  const place = document.createElement("div");
  if (!may("validatePassCampaignAnswer")) return nothing;
  call(contract.operation("listPassCampaignAnswers"), {
    path: { id: record.campaign_id },
    query: { state: "SUBMITTED", limit: 2, fields: "id,member_name" },
    prefer: "count=exact",
  }).then(
    ({ data }) => {
      const next = data.data.find((/** @type {Row} */ row) => row.id !== record.id);
      const others = data.page.total - (record.state === "SUBMITTED" ? 1 : 0);
      if (next)
        mount(
          place,
          html`<p>
            <a class="button" href=${slugged(`/v1/pass-campaign-answers/${next.id}`)}
              >${icon("right")} Réponse suivante à valider : ${next.member_name}</a
            >
            <span class="small">${plural(others, "en attente", "en attente")}</span>
          </p>`,
        );
    },
    () => undefined,
  );
  return place;
}

/** @param {Row} record
 * @param {any[]} fields */
function answer(record, fields) {
  const title = (/** @type {string} */ name) => fields.find((one) => one.name === name)?.title ?? name;
  return html`${record.headcounts_hidden
    ? html`<p class="note info">
        ${title("headcounts_hidden")} : ils se lisent dans la structure, et dans sa délégation quand elle partage ses
        lignes. Les autres les lisent dans la synthèse de la campagne.
      </p>`
    : nothing}
  ${record.differs_from_lines
    ? html`<p class="note warn">
        ${title("differs_from_lines")} : moins de personnes déclarées que de lignes. À regarder avant de valider.
      </p>`
    : nothing}
  ${nextAnswer(record)}`;
}

/** @param {Sheet} sheet */
export function sheet({ record, id, collection }) {
  const fields = contract.fields(contract.answer(collection.read));
  return record.ends_from ? overview(record, id, fields) : answer(record, fields);
}
