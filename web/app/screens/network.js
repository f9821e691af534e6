// The people and structures around a delegation or a group, and the way between the lists of the network.
import { call } from "../core/api.js";
import { slugged } from "../core/areas.js";
import contract, { pick } from "../core/contract.js";
import { number, plural, today } from "../core/formats.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { learnNames } from "../ui/names.js";
import { showProblem } from "../ui/problem.js";
import { table } from "../ui/table.js";
import { busy, empty, html, mount, nothing } from "../ui/view.js";

const MOST = 12;
const SCREENS = [
  ["structures", "Structures", "listMembers"],
  ["groupes", "Groupes", "listGroups"],
  ["delegations", "Délégations", "listDelegations"],
  ["mandats", "Mandats et équipes", "listAppointments"],
];

const may = (/** @type {string} */ id) => contract.has(id) && session.may(contract.operation(id));

/** Tabs between structures, groups, delegations and mandates. */
export function networkTabs() {
  const shown = SCREENS.filter(([, , id]) => may(id));
  const here = parse().segments[0];
  if (shown.length < 2) return nothing;
  return html`<nav class="tabs" aria-label="Réseau">
    <ul>
      ${shown.map(
        ([slug, title]) =>
          html`<li><a href=${link([slug])} aria-current=${slug === here ? "page" : nothing}>${title}</a></li>`,
      )}
    </ul>
  </nav>`;
}

export const list = () => ({ tabs: networkTabs() });

/** The first rows of a list with its exact number, and the way to all of them.
 * @param {{ id: string, title: string, query: Row, columns: string[], to: string, path: (row: Row) => string, none: string }} wanted */
function related({ id, title, query, columns, to, path, none }) {
  const place = document.createElement("section");
  place.className = "card";
  const operation = contract.operation(id);
  const fields = pick(contract.fields(contract.row(operation)), columns).filter((field) => session.sees(field.schema));
  const load = async () => {
    mount(
      place,
      html`<h2>${title}</h2>
        ${busy()}`,
    );
    try {
      const { data } = await call(operation, { query: { ...query, limit: MOST }, prefer: "count=exact" });
      await learnNames(fields, data.data);
      mount(
        place,
        html`<h2>${title} : ${number(data.page.total)}</h2>
          ${data.data.length
            ? table(fields, data.data, { caption: title, href: (row) => slugged(path(row)) })
            : empty("Aucune ligne", none)}
          ${data.page.total > data.data.length
            ? html`<p><a href=${link([to], query)}>${plural(data.page.total, "ligne")}, toutes dans leur liste</a></p>`
            : nothing}`,
      );
    } catch (problem) {
      mount(
        place,
        html`<h2>${title}</h2>
          ${showProblem(problem, load)}`,
      );
    }
  };
  load();
  return place;
}

const members = (/** @type {Row} */ query) =>
  related({
    id: "listMembers",
    title: "Structures adhérentes",
    query: { ...query, status: "ACTIVE,GRACE" },
    columns: ["name", "kind", "status", "commune_name", "joined_on"],
    to: "structures",
    path: (row) => `/v1/members/${row.id}`,
    none: "Aucune structure adhérente que vous puissiez voir.",
  });

const people = (/** @type {string} */ id) =>
  related({
    id: "listAppointments",
    title: "Équipe et mandats à ce jour",
    query: { delegation: id, as_of: today() },
    columns: ["family_name", "given_name", "nature", "body", "role", "starts_on"],
    to: "mandats",
    path: (row) => `/v1/appointments/${row.id}`,
    none: "Personne n’est encore inscrit pour cette délégation.",
  });

/** @param {{ id: string, collection: any }} open */
export function sheet({ id, collection }) {
  if (collection.path === "/v1/groups") return may("listMembers") ? members({ group: id }) : nothing;
  if (collection.path !== "/v1/delegations") return nothing;
  return html`${may("listAppointments") ? people(id) : nothing}
  ${may("listMembers") ? members({ delegation: id }) : nothing}`;
}

const AROUND = [
  ["pass", "PASS suivis", "listPasses"],
  ["inscriptions", "Inscriptions aux formations", "listEnrolments"],
  ["sejours", "Séjours", "listVacationProjects"],
  ["group-accounts", "Compte de groupe", "listGroupAccounts"],
];

/** What else is known of a structure, each in its own list. @param {string} id */
export function around(id) {
  const shown = AROUND.filter(([, , list_]) => may(list_));
  if (!shown.length) return nothing;
  return html`<p class="tools no-print">
    ${shown.map(([slug, title]) => html`<a class="button" href=${link([slug], { member: id })}>${title}</a>`)}
  </p>`;
}
