// The screens of the PASS IAE, those that the contract has and the caller may open.
import contract from "../core/contract.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { html, nothing } from "./view.js";

/** @type {[string, string, string, Query?][]} */
const SCREENS = [
  ["calculateur", "Calculateur", "calculatePass"],
  ["pass", "Suivi", "listPasses", { state: "VALID,SUSPENDED", sort: "ends_on" }],
  ["echeances", "Échéances", "passExpiries"],
  ["sorties", "Sorties et taux", "passOutcomes"],
  ["demandes-de-prolongation", "Demandes de prolongation", "listProlongationRequests"],
  ["campagnes", "Campagnes", "listPassCampaigns"],
];

export function passTabs() {
  const shown = SCREENS.filter(([, , id]) => contract.has(id) && session.may(contract.operation(id)));
  if (shown.length < 2) return nothing;
  const here = parse().segments[0];
  return html`<nav class="tabs" aria-label="PASS IAE">
    <ul>
      ${shown.map(
        ([slug, title, , query]) =>
          html`<li><a href=${link([slug], query)} aria-current=${slug === here ? "page" : nothing}>${title}</a></li>`,
      )}
    </ul>
  </nav>`;
}
