// Trainings: the way between their screens.
import contract from "../core/contract.js";
import { today } from "../core/formats.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { html, nothing } from "../ui/view.js";
import { overview, upcoming } from "./training_session.js";

/** @type {[string, string, string, (() => Query)?][]} */
const SCREENS = [
  ["sessions", "Sessions à venir", "listTrainingSessions", () => ({ "starts_on[gte]": today(), sort: "starts_on" })],
  ["catalogue", "Catalogue", "listCourses"],
  ["formateurs", "Formateurs", "listTrainers"],
  ["inscriptions", "Inscriptions", "listEnrolments"],
  ["training-steps", "À faire", "listTrainingSteps", () => ({ state: "LATE,DUE", sort: "due_on" })],
  ["training-complaints", "Réclamations", "listTrainingComplaints"],
  ["training-invoices", "Factures", "listTrainingInvoices"],
  ["group-accounts", "Comptes de groupe", "listGroupAccounts"],
  ["bpf-declarations", "Déclarations du BPF", "listBpfDeclarations"],
  ["bpf", "Bilan pédagogique", "bpfReport"],
  ["chiffres", "Chiffres", "trainingStatistics", () => ({ vue: "formations" })],
];

const may = (/** @type {string} */ id) => contract.has(id) && session.may(contract.operation(id));

export function list() {
  const here = parse().segments[0];
  return {
    tabs: html`<nav class="tabs" aria-label="Formations">
      <ul>
        ${SCREENS.filter(([, , id]) => may(id)).map(
          ([slug, title, , query]) =>
            html`<li>
              <a href=${link([slug], query?.())} aria-current=${slug === here ? "page" : nothing}>${title}</a>
            </li>`,
        )}
      </ul>
    </nav>`,
  };
}

/** @param {Row} open */
export function sheet(open) {
  if (open.record.seats_waiting !== undefined || open.record.takes_enrolments !== undefined) return overview(open);
  return open.record.price_other_cents !== undefined && may("listTrainingSessions") ? upcoming(open) : nothing;
}

/** Properties that the drawing of the places says already. */
export const drawnFields = new Set(["seats_taken", "seats_waiting", "places_left", "places_held", "takes_enrolments"]);

/** What the forms of a session need to know beyond the contract: which people and half-days are meant.
 * @param {Operation} operation
 * @param {Row} options */
export async function form(operation, { id }) {
  const named = ["recordAttendance", "addTrainingDocument", "submitEvaluation"].includes(operation.operationId);
  if (!named || !id || !may("listTrainingEnrolments")) return {};
  const { AttendanceForm, choicesOf, everybody } = await import("./attendance_entry.js");
  const choices = await choicesOf(id);
  return operation.operationId === "recordAttendance"
    ? { choices, kind: AttendanceForm, initial: everybody(operation, choices) }
    : { choices };
}
