// The summary of a campaign: who has answered, who is concerned, what is planned and what became of it, for the network or
// one delegation, and side by side. Nobody is absent from a distribution by chance: absent is nobody, empty is hidden.
import contract, { named } from "../core/contract.js";
import { longDate, number, percent, plural } from "../core/formats.js";
import { go, link, parse } from "../core/router.js";
import { chart } from "../ui/chart.js";
import { gauge } from "../ui/gauge.js";
import { plain } from "../ui/value.js";
import { html, mount, nothing } from "../ui/view.js";

const STEPS = ["invited", "started", "submitted", "validated", "late", "answered_percent"];
const HIDDEN = "caché";

/** Fields of a row of the summary. */
const fieldsOf = (/** @type {Operation} */ operation) => contract.inside(contract.answer(operation), "delegations");

/** The parts of the summary that are objects of numbers: what people are counted by.
 * @param {Field[]} fields */
const distributions = (fields) => [...fields.values()].filter((field) => field.kind === "object");

/** Categories that somebody of these rows is in, in the order of the contract.
 * @param {Field} field
 * @param {Row[]} rows
 * @returns {Field[]} */
const categories = (field, rows) =>
  contract.fields(field.schema).filter((one) => rows.some((row) => row[field.name]?.[one.name] !== undefined));

/** What a distribution is a part of: people of the answers, or lines for what became of them.
 * @param {Field} field
 * @param {Row} row */
const wholeOf = (field, row) => (field.name === "by_final_outcome" ? row.lines_count : row.people_count);

/** @param {Field} field
 * @param {Row} row */
function hiddenIn(field, row) {
  return Object.values(row[field.name] ?? {}).filter((count) => count === null).length;
}

/** @param {Field} field
 * @param {Row} row */
function said(field, row) {
  const whole = wholeOf(field, row);
  const known = categories(field, [row])
    .map((one) => ({ title: one.title, count: row[field.name][one.name] }))
    .filter((one) => typeof one.count === "number");
  if (!known.length) return whole === 0 ? "Personne n’est compté ici." : "Tous les nombres sont cachés : trop petits.";
  const most = known.reduce((best, one) => (one.count > best.count ? one : best));
  const share = whole ? ` sur ${number(whole)} (${percent(Math.round((most.count / whole) * 1000) / 10)})` : "";
  const hidden = hiddenIn(field, row);
  return `En tête : ${most.title}, ${number(most.count)}${share}.${hidden ? ` ${plural(hidden, "nombre caché", "nombres cachés")}.` : ""}`;
}

/** @param {Row[]} rows
 * @param {Row} chosen */
function chooser(rows, chosen) {
  const { segments } = parse();
  const pick = (/** @type {Event} */ event) =>
    go(link(segments, { delegation: /** @type {HTMLSelectElement} */ (event.target).value }));
  if (rows.length < 2) return nothing;
  return html`<div class="filters no-print">
    <div class="filter">
      <label for="summary-of">Synthèse de</label>
      <select id="summary-of" @change=${pick}>
        ${rows.map(
          (row) => html`<option value=${row.delegation_id ?? ""} ?selected=${row === chosen}>${row.label}</option>`,
        )}
      </select>
    </div>
  </div>`;
}

/** @param {Row} row
 * @param {Field[]} fields
 * @param {Row} data */
function progress(row, fields, data) {
  const waiting = row.invited - row.started - row.submitted - row.validated - row.late;
  const part = (/** @type {string} */ name, /** @type {number} */ tone) => ({
    title: named(fields, name)?.title ?? name,
    value: row[name],
    tone,
    text: number(row[name]),
  });
  return html`<section class="card">
    <h3>${row.label}</h3>
    <p>
      ${row.answered_percent === null ? "" : `${percent(row.answered_percent)} des `}${plural(
        row.invited,
        "structure invitée",
        "structures invitées",
      )}
      ${row.answered_percent === null ? "" : "ont répondu"} au ${longDate(data.as_of)} ; dernier jour :
      ${longDate(data.closes_on)}.
      ${row.people_count === null
        ? "Le nombre de personnes concernées est caché."
        : `${plural(row.people_count, "personne concernée", "personnes concernées")} par les réponses envoyées.`}
    </p>
    ${gauge({
      title: "Avancement des réponses",
      whole: row.invited,
      parts: [
        part("validated", 1),
        part("submitted", 3),
        part("started", 5),
        part("late", 4),
        { title: "Pas commencées", value: Math.max(0, waiting), tone: 0, text: number(Math.max(0, waiting)) },
      ],
    })}
  </section>`;
}

/** One distribution of the chosen row: bars, table with shares, file.
 * @param {Field} field
 * @param {Row} row
 * @param {Row} data */
function drawing(field, row, data) {
  return chart({
    title: field.title,
    said: said(field, row),
    first: field.title,
    heads: ["Personnes"],
    file: `${data.campaign_code}-${field.name}`,
    rows: categories(field, [row]).map((one) => ({ label: one.title, values: [row[field.name][one.name]] })),
  });
}

/** Delegations side by side; a total is the network's own row, never a sum of what is shown.
 * @param {string} title
 * @param {string[]} heads
 * @param {Row[]} rows
 * @param {(row: Row) => any[]} values
 * @param {string} file */
const sideBySide = (title, heads, rows, values, file) =>
  chart({
    title,
    said: "",
    kind: "table",
    first: "Délégation",
    heads,
    file,
    rows: rows.map((row) => ({ label: row.label, values: values(row) })),
  });

/** @param {HTMLElement} place
 * @param {{ operation: any, data: Row }} given */
export function show(place, { operation, data }) {
  const fields = fieldsOf(operation);
  const rows = [...(data.nation ? [data.nation] : []), ...data.delegations];
  if (!rows.length)
    return mount(
      place,
      html`<h2>Synthèse</h2>
        <div class="empty"><p>Aucune structure n’est invitée.</p></div>`,
    );
  const wanted = parse().query.delegation ?? "";
  const chosen = rows.find((row) => (row.delegation_id ?? "") === wanted) ?? rows[0];
  const parts = distributions(fields);
  const hidden = rows.reduce((sum, row) => sum + parts.reduce((of, field) => of + hiddenIn(field, row), 0), 0);
  const steps = STEPS.map((name) => named(fields, name));
  mount(
    place,
    html`<h2>Synthèse</h2>
      ${chooser(rows, chosen)}
      ${hidden
        ? html`<p class="note info">
            Un effectif de moins de ${number(data.small_count)} est caché, et avec lui ce qui permettrait de le déduire
            d’une somme ou d’une différence : ${plural(hidden, "nombre caché", "nombres cachés")} sur cette page,
            marqués « ${HIDDEN} ».
          </p>`
        : nothing}
      ${progress(chosen, fields, data)}
      <div class="columns half">${parts.map((field) => drawing(field, chosen, data))}</div>
      ${rows.length > 1
        ? html`${sideBySide(
            "Avancement par délégation",
            steps.map((field) => field.title),
            rows,
            (row) => steps.map((field) => (row[field.name] === null ? null : plain(field, row[field.name]))),
            `${data.campaign_code}-avancement`,
          )}
          ${parts.map((field) => {
            const columns = categories(field, rows);
            return sideBySide(
              `${field.title}, par délégation`,
              columns.map((one) => one.title),
              rows,
              (row) => columns.map((one) => (row[field.name][one.name] === undefined ? 0 : row[field.name][one.name])),
              `${data.campaign_code}-${field.name}-delegations`,
            );
          })}`
        : nothing}`,
  );
  return undefined;
}
