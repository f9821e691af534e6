// A session as who runs it sees it: places and who waits in which order, documents that are due, what people thought of it.
import { call, walk } from "../core/api.js";
import { slugged } from "../core/areas.js";
import contract, { named, pick } from "../core/contract.js";
import { collator, date, longDate, minutes, number, plural } from "../core/formats.js";
import { link } from "../core/router.js";
import session from "../core/session.js";
import { gauge } from "../ui/gauge.js";
import { learnNames } from "../ui/names.js";
import { showProblem } from "../ui/problem.js";
import { plainTable, table } from "../ui/table.js";
import { plain } from "../ui/value.js";
import { busy, empty, html, icon, mount, nothing } from "../ui/view.js";

const MOST = 500;
const may = (/** @type {string} */ id) => contract.has(id) && session.may(contract.operation(id));
const rowFields = (/** @type {string} */ id) => contract.fields(contract.row(contract.operation(id)));
/** A part of the sheet that is read by itself; its failure is its own.
 * @param {() => Promise<unknown>} work */
function part(work) {
  const place = document.createElement("div");
  const load = () => {
    mount(place, busy());
    work().then(
      (template) => mount(place, template),
      (problem) => mount(place, showProblem(problem, load)),
    );
  };
  load();
  return place;
}

/** When and where, in one sentence. @param {Row} record */
function when({ starts_on, ends_on, place, minutes: planned }) {
  if (!starts_on) return "Aucun créneau n’est encore posé.";
  const days =
    starts_on === ends_on ? `Le ${longDate(starts_on)}` : `Du ${longDate(starts_on)} au ${longDate(ends_on)}`;
  return `${days}${place ? `, ${place}` : ""}, ${minutes(planned)}.`;
}

/** @param {Row} record
 * @param {Field[]} fields */
function places(record, fields) {
  const title = (/** @type {string} */ name) => fields.find((field) => field.name === name)?.title ?? name;
  const { capacity, seats_taken: taken, places_left: left, places_held: held } = record;
  return html`<section class="card">
    <h2>Places</h2>
    <p>${when(record)}</p>
    ${capacity === null || taken === undefined
      ? html`<p>
          ${taken === undefined
            ? left === null
              ? "Sans limite de places."
              : plural(left, "place libre", "places libres")
            : `${plural(taken, "place prise", "places prises")}, sans limite.`}
        </p>`
      : gauge({
          title: "Places de la session",
          whole: Math.max(capacity, taken),
          parts: [
            { title: title("seats_taken"), value: taken, tone: 1, text: number(taken) },
            { title: title("places_held"), value: held ?? 0, tone: 2, text: number(held ?? 0) },
            { title: title("places_left"), value: left ?? 0, tone: 5, text: number(left ?? 0) },
          ],
        })}
    ${taken !== undefined && taken < record.min_participants
      ? html`<p class="note warn">
          Il manque ${plural(record.min_participants - taken, "participant")} pour atteindre le minimum de
          ${number(record.min_participants)}.
        </p>`
      : nothing}
  </section>`;
}

/** @param {string} id
 * @param {Row} record
 * @param {Field[]} fields */
async function people(id, record, fields) {
  const { rows } = await walk(contract.operation("listTrainingEnrolments"), { path: { id }, most: MOST });
  const of = rowFields("listTrainingEnrolments");
  const waiting = rows
    .filter((row) => row.state === "WAITLISTED")
    .sort((one, other) => (one.queue_position ?? 0) - (other.queue_position ?? 0));
  const seated = rows
    .filter((row) => !["WAITLISTED", "CANCELLED", "EXPIRED"].includes(row.state))
    .sort((one, other) => collator.compare(one.family_name ?? "", other.family_name ?? ""));
  const policy = named(fields, "waitlist_policy");
  const choice = policy && contract.choices(policy.schema).find((one) => one.value === record.waitlist_policy);
  const href = (/** @type {Row} */ row) => slugged(`/v1/enrolments/${row.id}`);
  const enrol = may("enrolTrainee") && record.takes_enrolments;
  return html`<section class="card">
      <div class="top">
        <h2>${plural(seated.length, "inscription")}</h2>
        <div class="tools no-print">
          ${enrol
            ? html`<a class="button main" href=${link(["sessions", id, "enrolments", "nouveau"])}
                >${icon("add")} ${contract.operation("enrolTrainee")?.summary}</a
              >`
            : nothing}
          <a class="button" href=${link(["emargement", id])}>${icon("print")} Feuille d’émargement</a>
        </div>
      </div>
      ${seated.length
        ? table(pick(of, ["family_name", "given_name", "member_name", "seats", "state", "attended_minutes"]), seated, {
            caption: "Inscriptions",
            href,
          })
        : empty(
            "Personne n’est inscrit",
            enrol ? "Inscrivez une première personne." : "Les inscriptions ne sont pas ouvertes.",
          )}
    </section>
    <section class="card">
      <h2>Liste d’attente : ${plural(waiting.length, "inscription")}</h2>
      ${choice
        ? html`<p>${policy?.title} : ${choice.title}.${choice.description ? ` ${choice.description}` : ""}</p>`
        : nothing}
      ${waiting.length
        ? html`${table(pick(of, ["queue_position", "family_name", "given_name", "member_name", "seats"]), waiting, {
              caption: "Liste d’attente",
              href,
            })}
            <p class="small">
              Une place rendue, une capacité augmentée ou une inscription annulée fait monter la première personne qui y
              tient ; l’avis à lui transmettre se lit dans <a href=${link(["sessions", id, "notices"])}>les avis</a>.
            </p>`
        : html`<p>Personne n’attend.</p>`}
    </section>`;
}

/** @param {string} id */
async function documents(id) {
  const operation = contract.operation("listTrainingSteps");
  const { data } = await call(operation, { query: { session: id, sort: "due_on", limit: 200 } });
  const steps = data.data;
  const open = steps.filter((/** @type {Row} */ row) => row.state !== "DONE");
  const of = rowFields("listTrainingSteps");
  await learnNames(of, open);
  const late = open.filter((/** @type {Row} */ row) => row.state === "LATE").length;
  return html`<section class="card">
    <div class="top">
      <h2>Documents à produire : ${number(open.length)}</h2>
      <div class="tools no-print">
        ${may("addTrainingDocument")
          ? html`<a class="button" href=${link(["sessions", id, "documents", "nouveau"])}
              >${icon("add")} ${contract.operation("addTrainingDocument")?.summary}</a
            >`
          : nothing}
      </div>
    </div>
    <p>
      ${plural(steps.length - open.length, "document fait", "documents faits")} sur
      ${number(steps.length)}${late ? `, ${number(late)} en retard` : ""}.
    </p>
    ${open.length
      ? html`<details ?open=${open.length <= 12}>
          <summary>Ce qui manque, par échéance</summary>
          ${table(pick(of, ["due_on", "kind", "state", "member_id"]), open, { caption: "Documents à produire" })}
        </details>`
      : nothing}
  </section>`;
}

/** Marks of one moment: answers always, averages from five answers on.
 * @param {Row[]} moments
 * @param {Field[]} fields */
function marks(moments, fields) {
  const hidden = moments.some((one) => one.is_hidden);
  const columns = fields.filter((field) => !["moment", "is_hidden", "comments"].includes(field.name));
  const moment = named(fields, "moment");
  return html`${plainTable(
    "Évaluations par moment",
    [moment?.title ?? "", ...columns.map((field) => field.title)],
    moments.map((one) => [
      plain(moment, one.moment),
      ...columns.map((field) =>
        one[field.name] === null || one[field.name] === undefined
          ? one.is_hidden
            ? "caché"
            : "—"
          : plain(field, one[field.name]),
      ),
    ]),
  )}
  ${hidden
    ? html`<p class="small">
        « caché » : moins de cinq réponses ; les moyennes et les commentaires se montrent à partir de cinq.
      </p>`
    : nothing}`;
}

/** @param {Row} data */
function evaluation(data) {
  const figures = contract.inside(contract.answer(contract.operation("evaluationSummary")), "moments");
  const moment = named(figures, "moment");
  const [best] = data.moments.filter((/** @type {Row} */ one) => one.average !== null && one.average !== undefined);
  return html`<section class="card">
    <h2>Évaluations</h2>
    <p>
      ${best
        ? `${plain(moment, best.moment)} : ${number(best.average)} sur 5 en moyenne, ${number(best.satisfied_percent)}\u00a0% de satisfaits, ${plural(best.answers, "réponse")} sur ${number(best.expected)} attendues.`
        : "Pas encore assez de réponses pour une moyenne."}
    </p>
    ${marks(data.moments, figures)}
    ${data.moments
      .filter((/** @type {Row} */ one) => one.comments?.length)
      .map(
        (/** @type {Row} */ one) =>
          html`<h3>${plural(one.comments.length, "commentaire")}, ${plain(moment, one.moment).toLowerCase()}</h3>
            <ul>
              ${one.comments.map((/** @type {string} */ text) => html`<li class="long">${text}</li>`)}
            </ul>`,
      )}
  </section>`;
}

/** The evaluations as a tab of the session. @param {HTMLElement} place
 * @param {{ data: Row | null }} given */
export const show = (place, { data }) =>
  mount(place, data ? evaluation(data) : empty("Pas encore d’évaluation", "Elles se lisent après la session."));

/** What stands above the fields of a session. @param {any} sheet */
export function overview({ record, id, collection }) {
  const fields = contract.fields(contract.answer(collection.read));
  return html`${places(record, fields)}
  ${may("listTrainingEnrolments") ? part(() => people(id, record, fields)) : nothing}
  ${may("listTrainingSteps") ? part(() => documents(id)) : nothing}`;
}

/** What stands above the fields of a course: the sessions to come. @param {any} sheet */
export function upcoming({ id }) {
  return part(async () => {
    const operation = contract.operation("listTrainingSessions");
    const { data } = await call(operation, { query: { course: id, sort: "-starts_on", limit: 10 } });
    const of = rowFields("listTrainingSessions");
    return html`<section class="card">
      <h2>Sessions</h2>
      ${data.data.length
        ? table(pick(of, ["starts_on", "ends_on", "place", "state", "places_left"]), data.data, {
            caption: "Sessions de cette formation",
            href: (row) => slugged(`/v1/training-sessions/${row.id}`),
          })
        : empty(
            "Aucune session",
            `Au ${date(new Date().toISOString().slice(0, 10))}, rien n’est programmé pour cette formation.`,
          )}
    </section>`;
  });
}
