// What became of people whose PASS ended in a year: how many exits count and why others do not, rates with their denominator,
// by reason and by group. A rate without its denominator is not shown.
import { call } from "../core/api.js";
import contract from "../core/contract.js";
import { number, percent, plural, today } from "../core/formats.js";
import { go, link, parse } from "../core/router.js";
import { chart } from "../ui/chart.js";
import { gauge } from "../ui/gauge.js";
import { passTabs } from "../ui/pass_tabs.js";
import { showProblem } from "../ui/problem.js";
import { plain } from "../ui/value.js";
import { busy, heading, html, mount, nothing, render } from "../ui/view.js";

/** @typedef {Record<string, any>} Row */
/** @typedef {{ name: string, title: string, description?: string, kind: string, schema: any }} Field */

const CATEGORIES = ["durable", "transition", "positive", "other"];
const HIDDEN = "caché";
// Below this many, a rate compares nobody: it stays in the table but is not put forward.
const ENOUGH = 30;
const operation = () => contract.operation("passOutcomes");

/** @param {string} name
 * @returns {Map<string, Field>} */
function fieldsOf(name) {
  const part = contract.resolve(contract.answer(operation()).properties[name]);
  const schema = part.items ? contract.resolve(part.items) : part;
  return new Map(contract.fields(schema).map((/** @type {Field} */ field) => [field.name, field]));
}

/** @param {Row} query */
function bar(query) {
  const by = contract.parameters(operation()).find((/** @type {any} */ one) => one.name === "by");
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    go(link(["sorties"], { year: String(form.get("year")).trim(), by: form.get("by") }));
  };
  return html`<form class="filters" aria-label="Année et regroupement" @submit=${submit}>
    <div class="filter">
      <label for="outcome-year">Année</label>
      <input type="text" inputmode="numeric" maxlength="4" id="outcome-year" name="year" .value=${String(query.year)} />
    </div>
    <div class="filter">
      <label for="outcome-by">Par</label>
      <select id="outcome-by" name="by">
        ${contract
          .choices(by.schema)
          .map(
            (/** @type {any} */ one) =>
              html`<option value=${one.value} ?selected=${one.value === query.by}>${one.title}</option>`,
          )}
      </select>
    </div>
    <button class="main">Compter</button>
  </form>`;
}

const count = (/** @type {number | null} */ value) => (value === null ? HIDDEN : number(value));
const rate = (/** @type {number | null} */ value) => (value === null ? HIDDEN : percent(value));

/** How the recorded exits become the denominator of all rates.
 * @param {Row} total
 * @param {Map<string, Field>} fields
 * @param {string} source */
function denominator(total, fields, source) {
  const missing = source === "REPORT" ? "non donné" : HIDDEN;
  const line = (/** @type {string} */ name, /** @type {string} */ sign) => {
    const field = /** @type {Field} */ (fields.get(name));
    return html`<div>
      <dt>${sign} ${field.title}</dt>
      <dd>
        ${total[name] === null ? missing : number(total[name])}
        ${field.description ? html`<span class="small">${field.description}</span>` : nothing}
      </dd>
    </div>`;
  };
  return html`<section class="card">
    <h2>Ce qui compte</h2>
    <dl>${line("recorded", "")} ${line("removed", "−")} ${line("not_counted", "−")} ${line("counted", "=")}</dl>
  </section>`;
}

/** @param {Row} total
 * @param {Map<string, Field>} fields */
function rates(total, fields) {
  const title = (/** @type {string} */ name) => /** @type {Field} */ (fields.get(name)).title;
  const tones = [1, 3, 5, 0];
  return html`<section class="card">
    <h2>${title("dynamic_percent")} : ${rate(total.dynamic_percent)}</h2>
    <p>
      ${total.counted === null
        ? "Trop peu de sorties comptées pour donner des taux."
        : `${count(total.dynamic)} sorties dynamiques sur ${plural(total.counted, "sortie comptée", "sorties comptées")}.`}
    </p>
    ${total.counted
      ? gauge({
          title: "Sorties comptées",
          whole: total.counted,
          parts: CATEGORIES.map((name, index) => ({
            title: title(name),
            value: total[name] ?? 0,
            tone: tones[index],
            text: `${count(total[name])} (${rate(total[`${name}_percent`])})`,
          })),
        })
      : nothing}
  </section>`;
}

/** @param {Row[]} rows
 * @param {number} counted
 * @param {number} year */
function reasons(rows, counted, year) {
  const fields = fieldsOf("reasons");
  const named = (/** @type {Row} */ row) => {
    const category = plain(fields.get("category"), row.category);
    return row.code
      ? `${plain(fields.get("code"), row.code)} (${category.toLowerCase()})`
      : `Autres (${category.toLowerCase()})`;
  };
  const most = rows.reduce(
    (best, row) => (row.people > (best?.people ?? -1) ? row : best),
    /** @type {Row | null} */ (null),
  );
  return chart({
    title: contract.answer(operation()).properties.reasons.title,
    said: most
      ? `En tête : ${named(most)}, ${number(most.people)} sur ${number(counted)} (${rate(most.percent)}).`
      : "",
    first: "Motif",
    heads: [/** @type {Field} */ (fields.get("people")).title],
    file: `sorties-motifs-${year}`,
    rows: rows.map((row) => ({ label: named(row), values: [row.people] })),
  });
}

/** @param {Row} data
 * @param {Map<string, Field>} fields */
function groups(data, fields) {
  if (!data.groups.length)
    return html`<p class="note info">
      ${plain(
        { ...contract.fields(contract.answer(operation())).find((/** @type {Field} */ one) => one.name === "source") },
        data.source,
      )}
      : ces chiffres ne sont donnés que pour le réseau entier.
    </p>`;
  const names = ["counted", "dynamic", ...CATEGORIES];
  const columns = names.flatMap((name) =>
    name === "counted" ? [fields.get(name)] : [fields.get(name), fields.get(`${name}_percent`)],
  );
  const known = data.groups.filter((/** @type {Row} */ row) => row.dynamic_percent !== null && row.counted >= ENOUGH);
  const best = known.reduce(
    (/** @type {Row | null} */ one, /** @type {Row} */ row) =>
      row.dynamic_percent > (one?.dynamic_percent ?? -1) ? row : one,
    null,
  );
  return chart({
    title: `${/** @type {Field} */ (fields.get("dynamic_percent")).title} par groupe`,
    said: best
      ? `Le plus haut taux, à partir de ${ENOUGH} sorties comptées : ${best.label}, ${rate(best.dynamic_percent)} de ${plural(best.counted, "sortie comptée", "sorties comptées")} ; réseau : ${rate(data.total.dynamic_percent)}.`
      : "Aucun groupe n’a assez de sorties pour un taux.",
    kind: "table",
    first: "Groupe",
    heads: columns.map((field) => /** @type {Field} */ (field).title),
    file: `sorties-groupes-${data.year}`,
    rows: [...data.groups, { ...data.total, label: "Ensemble" }].map((/** @type {Row} */ row) => ({
      label: row.label,
      values: columns.map((field) => {
        const value = row[/** @type {Field} */ (field).name];
        return value === null ? null : plain(field, value);
      }),
    })),
  });
}

/** @param {Row} data */
function template(data) {
  const fields = fieldsOf("total");
  return html`<div class="columns">${rates(data.total, fields)} ${denominator(data.total, fields, data.source)}</div>
    ${data.reasons.length ? reasons(data.reasons, data.total.counted, data.year) : nothing} ${groups(data, fields)}
    <p class="small">
      ${data.step > 1
        ? `Chiffres par paliers de ${data.step}, vers le bas : leur somme peut différer du total. En dessous, « ${HIDDEN} » : aucune personne ne s’y reconnaît.`
        : "Chiffres exacts."}
    </p>`;
}

/** @param {Element} place */
export async function show(place) {
  heading("Sorties et taux");
  const draw = async () => {
    const query = { year: today().slice(0, 4), by: "region", ...parse().query };
    mount(
      place,
      html`${passTabs()}
        <h1>Sorties du PASS et leurs taux</h1>
        ${bar(query)}
        <div class="figure-place"></div>
        <p class="print-only">${location.href}</p>`,
    );
    const output = /** @type {HTMLElement} */ (place.querySelector(".figure-place"));
    if (!output.hasChildNodes()) render(busy(), output);
    try {
      const { data } = await call(operation(), { query });
      render(template(data), output);
    } catch (problem) {
      render(showProblem(problem, draw), output);
    }
  };
  await draw();
  return { follow: draw };
}
