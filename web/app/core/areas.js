// French addresses for the paths of the contract, and what each daily list shows first. A path that is not named here
// works the same under its own name: nothing of the contract is out of reach because this file is older.
import { link } from "./router.js";

const SLUGS = {
  members: "structures",
  delegations: "delegations",
  appointments: "mandats",
  groups: "groupes",
  memberships: "adhesions",
  contacts: "contacts",
  passes: "pass",
  "pass-campaigns": "campagnes",
  "pass-suspensions": "suspensions",
  "prolongation-requests": "demandes-de-prolongation",
  "training-sessions": "sessions",
  courses: "catalogue",
  trainers: "formateurs",
  enrolments: "inscriptions",
  people: "personnes",
  "vacation-projects": "sejours",
  "vacation-conventions": "enveloppes",
  "published-figures": "chiffres-publies",
  "api-keys": "cles",
  "access-log": "journal",
  regions: "regions",
  departments: "departements",
  communes: "communes",
  imports: "imports",
};
const PATHS = Object.fromEntries(Object.entries(SLUGS).map(([path, slug]) => [slug, path]));

/** "/v1/members/ID" as an address of this client. */
export function slugged(path, query) {
  const [first, ...rest] = path.replace(/^\/v1\//, "").split("/");
  return link([SLUGS[first] ?? first, ...rest], query);
}

/** The path of the contract behind the first segment of an address. */
export const pathOf = (slug) => `/v1/${PATHS[slug] ?? slug}`;

/** Columns of a daily list, its facets with counts, and the sentence for an empty one. Everything else is the contract's. */
export const LISTS = {
  listMembers: {
    title: "Structures",
    noun: "structure",
    columns: ["name", "kind", "status", "commune_name", "department_code", "delegation_name", "joined_on"],
    main: ["q", "kind", "status", "region", "delegation"],
    facets: {
      kind: "kind",
      status: "status",
      region: "region_code",
      department: "department_code",
      delegation: "delegation_id",
    },
    empty: "Aucune structure ne répond à ces critères. Retirez un filtre, ou cherchez par SIRET.",
  },
  listDelegations: {
    title: "Délégations",
    noun: "délégation",
    columns: ["name", "region_codes", "members_count", "representatives_count", "team_count", "email", "starts_on"],
  },
  listAppointments: { title: "Mandats et équipes" },
  listApiKeys: { title: "Clés de l’API" },
  listPasses: {
    title: "PASS IAE",
    noun: ["PASS", "PASS"],
    day: "ends_on",
    columns: [
      "number_last4",
      "state",
      "ends_on",
      "remaining_days",
      "siae_kind",
      "next_milestone",
      "next_milestone_on",
      "department_code",
    ],
    main: ["state", "ends_on[gte]", "ends_on[lte]", "window_open", "delegation"],
    empty: "Aucun PASS ne répond à ces critères. Retirez un filtre, ou suivez un PASS.",
  },
  listPassCampaigns: { title: "États des lieux", noun: "campagne" },
  listProlongationRequests: { title: "Demandes de prolongation", noun: "demande" },
  listTrainingSessions: {
    title: "Sessions de formation",
    noun: "session",
    columns: ["title", "kind", "state", "starts_on", "ends_on", "place", "seats_taken", "places_left"],
    main: ["kind", "state", "starts_on[gte]", "starts_on[lte]", "has_places"],
    empty: "Aucune session ne répond à ces critères. Retirez un filtre, ou regardez une autre période.",
  },
  listCourses: {
    title: "Catalogue des formations",
    noun: "formation",
    columns: ["title", "code", "modality", "duration_minutes", "price_member_cents", "price_other_cents"],
  },
  listTrainers: { title: "Formateurs" },
  listVacationProjects: {
    title: "Séjours",
    noun: "séjour",
    day: "departs_on",
    columns: ["reference", "member_name", "state", "place", "departs_on", "people", "requested_cents", "granted_cents"],
    main: ["q", "state", "year", "region", "stay_kind"],
    empty: "Aucun séjour ne répond à ces critères. Retirez un filtre, ou préparez un projet.",
  },
  listVacationConventions: {
    title: "Enveloppes de l’année",
    noun: "enveloppe",
    columns: ["year", "name", "envelope_cents", "granted_cents", "left_cents", "people_granted", "waiting_count"],
  },
  listAccessLog: { title: "Journal des consultations", noun: "consultation" },
  listGroups: { title: "Groupes économiques solidaires", noun: "groupe" },
  listCalendarLinks: { title: "Liens d’agenda", noun: "lien" },
  listPublishedFigures: {
    title: "Chiffres publiés et recalculés",
    columns: ["year", "label", "printed_text", "computed_value", "gap", "source"],
  },
};

/** The menu: an entry is shown when the contract has its operation and the caller may use it. */
export const MENU = [
  { title: "Ma semaine", segments: [] },
  { title: "Structures", segments: ["structures"], needs: ["listMembers"] },
  { title: "Délégations", segments: ["delegations"], needs: ["listDelegations"] },
  {
    title: "PASS IAE",
    segments: ["calculateur"],
    needs: ["calculatePass"],
    also: ["pass", "campagnes", "echeances", "demandes-de-prolongation"],
  },
  {
    title: "Formations",
    segments: ["sessions"],
    needs: ["listTrainingSessions"],
    also: ["catalogue", "formateurs", "emargement", "inscriptions", "training-steps", "bpf-declarations"],
  },
  { title: "Séjours", segments: ["sejours"], needs: ["listVacationProjects"], also: ["enveloppes"] },
  { title: "Chiffres", segments: ["chiffres"], needs: ["memberStatistics"], also: ["carte", "chiffres-publies"] },
  { title: "Données", segments: ["donnees"], also: ["import", "reference", "cles", "verifier", "journal"] },
  { title: "Aide", segments: ["aide"] },
];

/** Names that carry no news in a list. */
export const TECHNICAL = /^(id|version|self|masked|created_at|updated_at|actions)$/;
