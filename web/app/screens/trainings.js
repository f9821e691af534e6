// Trainings: the way between their screens; their sheets and lists are the generic ones.
import contract from "../core/contract.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { html } from "../ui/view.js";

const SCREENS = [
  ["sessions", "Sessions", "listTrainingSessions"],
  ["catalogue", "Catalogue", "listCourses"],
  ["formateurs", "Formateurs", "listTrainers"],
];

export function list() {
  const here = parse().segments[0];
  const shown = SCREENS.filter(([, , id]) => contract.has(id) && session.may(contract.operation(id)));
  return {
    tabs: html`<nav class="tabs" aria-label="Formations">
      <ul>
        ${shown.map(
          ([slug, title]) =>
            html`<li><a href=${link([slug])} aria-current=${slug === here ? "page" : "false"}>${title}</a></li>`,
        )}
      </ul>
    </nav>`,
  };
}
