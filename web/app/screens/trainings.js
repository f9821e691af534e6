// Trainings: the way between their screens, the places of a session, and its attendance sheet to print.
import contract from "../core/contract.js";
import { number, plural, today } from "../core/formats.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { gauge } from "../ui/gauge.js";
import { html, icon, nothing } from "../ui/view.js";

const SCREENS = [
  ["sessions", "Sessions à venir", "listTrainingSessions", () => ({ "starts_on[gte]": today(), sort: "starts_on" })],
  ["catalogue", "Catalogue", "listCourses"],
  ["formateurs", "Formateurs", "listTrainers"],
  ["training-steps", "À faire", "listTrainingSteps"],
  ["bpf-declarations", "Bilan pédagogique", "listBpfDeclarations"],
];

const may = (id) => contract.has(id) && session.may(contract.operation(id));

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

export function sheet({ record, id }) {
  if (record.seats_taken === undefined) return nothing;
  const taken = record.seats_taken;
  return html`<section class="card">
    <h2>${record.capacity === null ? `${plural(taken, "place prise", "places prises")}, sans limite` : "Places"}</h2>
    ${record.capacity === null
      ? nothing
      : gauge({
          title: "Places de la session",
          whole: record.capacity,
          parts: [
            { title: "Prises", value: taken, tone: 1, text: number(taken) },
            { title: "Libres", value: record.places_left ?? 0, tone: 5, text: number(record.places_left ?? 0) },
          ],
        })}
    <p>
      ${record.seats_waiting
        ? `${plural(record.seats_waiting, "place demandée", "places demandées")} sur la liste d’attente.`
        : "Pas de liste d’attente."}
    </p>
    ${may("listTrainingEnrolments")
      ? html`<p class="actions">
          <a class="button" href=${link(["emargement", id])}>${icon("print")} Feuille d’émargement</a>
        </p>`
      : nothing}
  </section>`;
}
