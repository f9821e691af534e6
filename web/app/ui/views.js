// Other ways to look at a list: a board, one column per state in the order of the contract; a month, for what has days.
// They are offered wherever the contract of a list allows them, with the same filters and the same address.
import { call } from "../core/api.js";
import contract from "../core/contract.js";
import { addDays, date, month, number, plural, today } from "../core/formats.js";
import { link } from "../core/router.js";
import { plain, show } from "./value.js";
import { busy, html, icon, nothing } from "./view.js";

const MOST_CARDS = 200,
  CARDS_A_COLUMN = 20;
const filtered = (/** @type {Row} */ list, /** @type {string} */ name) =>
  list.filters.some((/** @type {Filter} */ filter) => filter.name === name);

/** The property that a board has its columns from, or none. */
export const stateField = (/** @type {Row} */ list) =>
  list.fields.find(
    (/** @type {Field} */ field) =>
      ["state", "status"].includes(field.name) && field.kind === "enum" && filtered(list, field.name),
  );

/** The property that a month is filled by, or none. */
export const dayField = (/** @type {Row} */ list) => {
  const wanted = list.settings.day ?? "starts_on";
  const bounded = filtered(list, `${wanted}[gte]`) && filtered(list, `${wanted}[lte]`);
  return bounded ? list.fields.find((/** @type {Field} */ field) => field.name === wanted) : undefined;
};

/** What a view asks of the service beyond the filters.
 * @param {Row} list */
export function viewQuery(list) {
  const { vue, mois } = list.query;
  if (vue === "etats") return { limit: 1 };
  const field = vue === "agenda" ? dayField(list) : null;
  if (!field) return {};
  const days = monthDays(mois);
  return {
    [`${field.name}[gte]`]: days[0],
    [`${field.name}[lte]`]: days.at(-1),
    ...(list.sorts.includes(field.name) ? { sort: field.name } : {}),
    limit: MOST_CARDS,
  };
}

/** Links between the views that this list has.
 * @param {Row} list */
export function viewSwitch(list) {
  const offered = [
    ["", "Liste", true],
    ["etats", "États", stateField(list)],
    ["agenda", "Agenda", dayField(list)],
  ].filter(([, , offers]) => offers);
  if (offered.length < 2) return nothing;
  const { vue = "", cursor, mois, ...query } = list.query;
  return html`${offered.map(
    ([word, title]) =>
      html`<a
        class="button"
        href=${link(list.base, { ...query, vue: word })}
        aria-current=${word === vue ? "page" : nothing}
        >${title}</a
      >`,
  )}`;
}

/** @param {Row} list
 * @param {Row} row */
function card(list, row) {
  const [first, ...rest] = list.shown.filter((/** @type {Field} */ field) => field !== stateField(list));
  return html`<li>
    <a class="row-link" href=${list.hrefOf(row) ?? "#/"}>${plain(first, row[first.name]) || "Fiche"}</a>
    ${rest
      .filter((/** @type {Field} */ field) => plain(field, row[field.name]))
      .slice(0, 3)
      .map(
        (/** @type {Field} */ field) =>
          html`<br /><span class="small">${field.title} : ${plain(field, row[field.name])}</span>`,
      )}
  </li>`;
}

/** The columns of a board, each asked for by itself: a crowded state never hides the others.
 * @param {Row} list */
export async function boardColumns(list) {
  const field = stateField(list);
  const wanted = list.query[field.name]?.split(",").filter(Boolean) ?? [];
  const choices = contract.choices(field.schema).filter((choice) => !wanted.length || wanted.includes(choice.value));
  const { cursor, ...asked } = list.asked;
  return Promise.all(
    choices.map(async (choice) => {
      const { data } = await call(list.operation, {
        path: list.options.path,
        query: { ...asked, [field.name]: choice.value, limit: CARDS_A_COLUMN },
        prefer: "count=exact",
      });
      return { ...choice, rows: data.data, total: data.page.total };
    }),
  );
}

/** Columns by state.
 * @param {Row} list */
export function board(list) {
  const field = stateField(list);
  if (!list.columnsByState) return busy();
  const { cursor, vue, ...query } = list.query;
  return html`<div class="board" tabindex="0" role="region" aria-label="${field.title} : fiches par état">
    ${list.columnsByState.map(
      (/** @type {Row} */ column) =>
        html`<section>
          <h2>${show(field, column.value)} <span class="count">${number(column.total)}</span></h2>
          <ul class="plain">
            ${column.rows.map((/** @type {Row} */ row) => card(list, row))}
          </ul>
          ${column.total > column.rows.length
            ? html`<p class="small">
                <a href=${link(list.base, { ...query, [field.name]: column.value })}
                  >Les ${number(column.total)}, en liste</a
                >
              </p>`
            : nothing}
        </section>`,
    )}
  </div>`;
}

// Whole weeks from Monday that hold the month.
/** @param {string} wanted */
function monthDays(wanted) {
  const first = `${/^\d{4}-(0[1-9]|1[0-2])$/.test(wanted ?? "") ? wanted : today().slice(0, 7)}-01`;
  const weekday = (new Date(`${first}T12:00:00Z`).getUTCDay() + 6) % 7;
  const days = [];
  for (
    let day = addDays(first, -weekday);
    days.length % 7 || days.length < 28 || day.slice(0, 7) === first.slice(0, 7);
    day = addDays(day, 1)
  )
    days.push(day);
  return days;
}

const step = (/** @type {string} */ wanted, /** @type {number} */ by) => addDays(`${wanted}-15`, by * 30).slice(0, 7);

/** One month, what begins on each day.
 * @param {Row} list */
export function agenda(list) {
  const field = dayField(list),
    days = monthDays(list.query.mois),
    middle = days[10].slice(0, 7);
  const to = (/** @type {string} */ wanted) => link(list.base, { ...list.query, mois: wanted });
  const cell = (/** @type {string} */ day) =>
    html`<td class=${day.slice(0, 7) === middle ? "" : "other"}>
      <span aria-current=${day === today() ? "date" : nothing}>${Number(day.slice(8))}</span>
      ${list.rows
        .filter((/** @type {Row} */ row) => row[field.name]?.slice(0, 10) === day)
        .map(
          (/** @type {Row} */ row) =>
            html`<a class="event" href=${list.hrefOf(row) ?? "#/"}
              >${plain(list.shown[0], row[list.shown[0].name]) || "Fiche"}</a
            >`,
        )}
    </td>`;
  const weeks = Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
  return html`<div class="bar">
      <h2>${month(middle)}</h2>
      <div class="tools">
        <a class="button" href=${to(step(middle, -1))}>${icon("left")} Mois précédent</a
        ><a class="button" href=${to(step(middle, 1))}>Mois suivant ${icon("right")}</a>
      </div>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label="Agenda">
      <table class="calendar">
        <caption class="sr">
          ${plural(list.rows.length, "fiche")} du ${date(days[0])} au ${date(days.at(-1))}
        </caption>
        <thead>
          <tr>
            ${["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"].map(
              (name) => html`<th scope="col">${name}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${weeks.map(
            (week) =>
              html`<tr>
                ${week.map(cell)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
