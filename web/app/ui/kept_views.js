// The views that a visitor has kept, of all lists, so that each is one click away from the week.
import { slugged } from "../core/areas.js";
import contract from "../core/contract.js";
import session from "../core/session.js";
import { choices } from "../core/store.js";
import { html, nothing } from "./view.js";

/** @typedef {{ title: string, query: Record<string, string>, columns: string[] }} View */

/** A list in a section of its own, or nothing when no view is kept. */
export function keptViews() {
  const lists = contract.operations.filter((operation) => operation.method === "GET" && !operation.path.includes("{"));
  const lines = lists.filter((operation) => session.may(operation)).flatMap(linesOf);
  return lines.length
    ? html`<section class="card kept-views">
        <h2>Vos vues</h2>
        <ul class="due">
          ${lines}
        </ul>
      </section>`
    : nothing;
}

/** @param {any} operation */
function linesOf({ operationId, path }) {
  /** @type {View[]} */
  const views = choices.read(`views:${operationId}`, []);
  return views.map(
    ({ title, query, columns }) =>
      html`<li>
        <span class="what"
          ><a href=${slugged(path, query)} @click=${() => choices.keep(`columns:${operationId}`, columns)}
            >${title}</a
          ></span
        >
      </li>`,
  );
}
