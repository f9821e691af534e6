// French addresses for the paths of the contract, and the menu. A path that is not named here works the same under its own
// name: nothing of the contract is out of reach because this file is older.
import { link } from "./router.js";

/** @type {Record<string, string>} */
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

/** "/v1/members/ID" as an address of this client.
 * @param {string} path
 * @param {Values} [query] */
export function slugged(path, query) {
  const [first, ...rest] = path.replace(/^\/v1\//, "").split("/");
  return link([SLUGS[first] ?? first, ...rest], query);
}

/** The path of the contract behind the first segment of an address. */
export const pathOf = (/** @type {string} */ slug) => `/v1/${PATHS[slug] ?? slug}`;

/** The menu: an entry is shown when the contract has its operation and the caller may use it. */
export const MENU = /** @type {{ title: string, segments: string[], needs?: string[], also?: string[] }[]} */ ([
  { title: "Ma semaine", segments: [] },
  { title: "Structures", segments: ["structures"], needs: ["listMembers"], also: ["groupes", "contacts", "adhesions"] },
  { title: "Délégations", segments: ["delegations"], needs: ["listDelegations"], also: ["mandats"] },
  {
    title: "PASS IAE",
    segments: ["calculateur"],
    needs: ["calculatePass"],
    also: ["pass", "campagnes", "echeances", "sorties", "demandes-de-prolongation", "pass-campaign-answers"],
  },
  {
    title: "Formations",
    segments: ["sessions"],
    needs: ["listTrainingSessions"],
    also: [
      "catalogue",
      "formateurs",
      "bpf",
      "emargement",
      "inscriptions",
      "training-steps",
      "bpf-declarations",
      "training-complaints",
      "training-invoices",
      "group-accounts",
      "group-account",
      "reports",
    ],
  },
  { title: "Séjours", segments: ["sejours"], needs: ["listVacationProjects"], also: ["enveloppes"] },
  { title: "Chiffres", segments: ["chiffres"], needs: ["memberStatistics"], also: ["carte", "chiffres-publies"] },
  {
    title: "Données",
    segments: ["donnees"],
    also: ["import", "reference", "cles", "verifier", "journal", "calendar-links", "exports"],
  },
  { title: "Aide", segments: ["aide"] },
]);

/** Names that carry no news in a list. */
export const TECHNICAL = /^(id|version|self|masked|created_at|updated_at|actions)$/;
