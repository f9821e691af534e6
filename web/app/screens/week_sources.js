// Where the work of a week comes from: lists of the service, each with what makes a row due, how urgent it is, and which
// decisions may be taken from the line. What the caller may not read is not asked.
import { addDays, date, plural, today } from "../core/formats.js";

/**
 * @typedef {object} Source
 * @property {string} id operation of a list
 * @property {Record<string, any>} query
 * @property {string[]} [callers] kinds of callers whose work it is; everybody who may read it without it
 * @property {string} kind what a line is about, in one word
 * @property {(row: Row) => string} what
 * @property {(row: Row) => string} [who]
 * @property {(row: Row) => string | null} [due] day
 * @property {string} [word] what happens on that day
 * @property {string[]} [decide] words of the actions offered on the line
 * @property {string[]} [to] segments of the list with all of them
 * @property {string} [group] property by which rows become one line
 * @property {(count: number) => string} [grouped] what that line says
 * @property {number} [limit] rows read
 */

const soon = (/** @type {number} */ days) => addDays(today(), days);
const dayOf = (/** @type {string | null} */ instant) => instant?.slice(0, 10) ?? null;

/** @type {Source[]} */
export const SOURCES = [
  {
    id: "listPassCampaignAnswers",
    query: { state: "SUBMITTED", sort: "submitted_on" },
    callers: ["DELEGATION"],
    kind: "Réponse",
    what: () => "Valider la réponse à l’état des lieux",
    who: (row) => row.member_name,
    due: (row) => row.closes_on,
    word: "clôture",
    decide: ["validate", "return"],
  },
  {
    id: "listPassCampaignAnswers",
    query: { state: "INVITED,STARTED,LATE" },
    callers: ["STRUCTURE"],
    kind: "État des lieux",
    what: (row) => (row.state === "INVITED" ? "Répondre à l’état des lieux" : "Finir et envoyer l’état des lieux"),
    due: (row) => row.closes_on,
    word: "dernier jour",
    decide: ["submit"],
  },
  {
    id: "listPassCampaignReminders",
    query: {},
    callers: ["NATIONAL", "DELEGATION"],
    kind: "Relance",
    what: () => "",
    due: (row) => row.closes_on,
    word: "clôture",
    group: "campaign",
    grouped: (count) => `Relancer ${plural(count, "structure")} de l’état des lieux`,
    limit: 500,
  },
  {
    id: "listProlongationRequests",
    query: { state: "PENDING", sort: "requested_on" },
    kind: "Prolongation",
    what: (row) => `Demande du ${date(row.requested_on)} sans réponse`,
    due: (row) => (row.requested_on ? addDays(row.requested_on, 30) : null),
    word: "relance",
    decide: ["grant", "deny"],
    to: ["demandes-de-prolongation"],
  },
  {
    id: "listPasses",
    query: { state: "VALID,SUSPENDED", "ends_on[gte]": today(), "ends_on[lte]": soon(30), sort: "ends_on" },
    kind: "PASS",
    what: (row) => `PASS …${row.number_last4} : préparer la suite`,
    due: (row) => row.ends_on,
    word: "fin",
    decide: ["prolongation-requests", "outcome"],
    to: ["pass"],
  },
  {
    id: "listVacationProjects",
    query: { state: "SUBMITTED,UNDER_REVIEW,WAITLISTED_BUDGET", sort: "departs_on" },
    callers: ["NATIONAL"],
    kind: "Séjour",
    what: (row) => `Instruire le projet ${row.reference}, déposé le ${date(dayOf(row.submitted_at))}`,
    who: (row) => row.member_name,
    due: (row) => row.departs_on,
    word: "départ",
    decide: ["approve", "refuse"],
    to: ["sejours"],
  },
  {
    id: "listVacationProjects",
    query: { state: "CORRECTION_REQUESTED,DRAFT", sort: "departs_on" },
    callers: ["STRUCTURE"],
    kind: "Séjour",
    what: (row) => `${row.state === "DRAFT" ? "Finir et déposer" : "Corriger"} le projet ${row.reference}`,
    due: (row) => row.departs_on,
    word: "départ",
    decide: ["submit"],
    to: ["sejours"],
  },
  {
    id: "listVacationProjects",
    query: { is_report_late: true, sort: "departs_on" },
    kind: "Bilan",
    what: (row) => `Bilan du séjour ${row.reference} en retard`,
    who: (row) => row.member_name,
    due: (row) => row.report_due_on,
    word: "dû",
    to: ["sejours"],
  },
  {
    id: "listTrainingSteps",
    query: { state: "LATE,DUE", sort: "due_on" },
    kind: "Documents",
    what: () => "",
    due: (row) => row.due_on,
    word: "échéance",
    group: "session_id",
    grouped: (count) => plural(count, "document à produire", "documents à produire"),
    to: ["training-steps"],
    limit: 500,
  },
  {
    id: "listTrainingSessions",
    query: { state: "DONE", sort: "starts_on" },
    callers: ["NATIONAL", "DELEGATION"],
    kind: "Session",
    what: (row) => `Clore : ${row.title}`,
    who: (row) => row.place ?? "",
    due: (row) => row.ends_on,
    word: "finie",
    decide: ["close"],
    to: ["sessions"],
  },
  {
    id: "listTrainingSessions",
    query: { state: "OPEN,CONFIRMED", "starts_on[gte]": today(), "starts_on[lte]": soon(21), sort: "starts_on" },
    callers: ["NATIONAL", "DELEGATION"],
    kind: "Session",
    what: (row) => (row.state === "OPEN" ? `Confirmer : ${row.title}` : `Préparer : ${row.title}`),
    who: (row) => row.place ?? "",
    due: (row) => row.starts_on,
    word: "début",
    decide: ["confirm"],
    to: ["sessions"],
  },
  {
    id: "listTrainingComplaints",
    query: { state: "RECEIVED", sort: "received_on" },
    callers: ["NATIONAL", "DELEGATION"],
    kind: "Réclamation",
    what: (row) => `Répondre : ${row.subject}`,
    due: (row) => addDays(row.received_on, 30),
    word: "réponse",
    to: ["training-complaints"],
  },
  {
    id: "listMembers",
    query: { status: "APPLICANT" },
    callers: ["NATIONAL", "DELEGATION"],
    kind: "Candidature",
    what: (row) => `Décider de la candidature de ${row.name}`,
    who: (row) => row.commune_name ?? "",
    to: ["structures"],
  },
  {
    id: "listMembers",
    query: { status: "GRACE" },
    callers: ["NATIONAL", "DELEGATION"],
    kind: "Adhésion",
    what: (row) => `Adhésion en sursis : ${row.name}`,
    who: (row) => row.commune_name ?? "",
    to: ["structures"],
  },
  {
    id: "listMembers",
    query: { out_of_region: true },
    callers: ["NATIONAL"],
    kind: "Rattachement",
    what: () => "",
    group: "delegation_id",
    grouped: (count) => plural(count, "structure suivie hors de sa région", "structures suivies hors de leur région"),
    to: ["structures"],
    limit: 100,
  },
];
