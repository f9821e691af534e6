// The attendance sheet of a session: who is enrolled, a box to sign per half-day. Made to be printed.
import { call, walk } from "../core/api.js";
import contract, { named } from "../core/contract.js";
import { collator, date, longDate } from "../core/formats.js";
import { link } from "../core/router.js";
import { plain } from "../ui/value.js";
import { empty, heading, html, icon, mount } from "../ui/view.js";

const COLUMNS_A_PAGE = 4;

/** @param {Row} slot */
function halfDay(slot) {
  const field = named(contract.fields(contract.row(contract.operation("listTrainingSlots"))), "half_day");
  return `${date(slot.on_date)} ${plain(field, slot.half_day).toLowerCase()}`;
}

/** @param {Row[]} people
 * @param {Row[]} slots */
function sheet(people, slots) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Feuille d’émargement">
    <table class="attendance">
      <caption class="sr">
        Feuille d’émargement
      </caption>
      <thead>
        <tr>
          <th scope="col">Nom</th>
          <th scope="col">Structure</th>
          ${slots.map((slot) => html`<th scope="col">${halfDay(slot)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${people.map(
          (one) =>
            html`<tr>
              <th scope="row">${one.family_name} ${one.given_name}</th>
              <td>${one.member_name ?? ""}</td>
              ${slots.map(() => html`<td></td>`)}
            </tr>`,
        )}
        <tr>
          <th scope="row">Formateur</th>
          <td></td>
          ${slots.map(() => html`<td></td>`)}
        </tr>
      </tbody>
    </table>
  </div>`;
}

/** @param {HTMLElement} place
 * @param {Row} options */
export async function show(place, { segments }) {
  const path = { id: segments[1] ?? "" };
  const [{ data: session }, { rows: slots }, { rows }] = await Promise.all([
    call(contract.operation("getTrainingSession"), { path }),
    walk(contract.operation("listTrainingSlots"), { path, most: 200 }),
    walk(contract.operation("listTrainingEnrolments"), { path, most: 1000 }),
  ]);
  heading("Feuille d’émargement");
  const people = rows
    .filter((one) => ["CONFIRMED", "ATTENDED"].includes(one.state) && one.family_name)
    .sort((one, other) => collator.compare(one.family_name, other.family_name));
  const pages = Array.from({ length: Math.ceil(slots.length / COLUMNS_A_PAGE) }, (_, page) =>
    slots.slice(page * COLUMNS_A_PAGE, (page + 1) * COLUMNS_A_PAGE),
  );
  mount(
    place,
    html`<p class="crumb"><a href=${link(["sessions", path.id])}>${icon("left")} ${session.title}</a></p>
      <div class="top">
        <h1>Feuille d’émargement : ${session.title}</h1>
        <div class="tools">
          <button type="button" class="main" @click=${() => print()}>${icon("print")} Imprimer</button>
        </div>
      </div>
      <p>
        ${session.starts_on === session.ends_on
          ? `Le ${longDate(session.starts_on)}`
          : `Du ${longDate(session.starts_on)} au ${longDate(session.ends_on)}`}${session.place
          ? `, ${session.place}`
          : ""}.
      </p>
      ${people.length && pages.length
        ? pages.map((page) => sheet(people, page))
        : empty(
            "Rien à signer",
            "Il faut des créneaux et des personnes inscrites, dont le nom n’est pas encore effacé.",
          )}`,
  );
}
