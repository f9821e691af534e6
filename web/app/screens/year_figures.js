// Figures of a year: every number of the answer under its own title, and one chart by the grouping and the measure that the
// contract offers.
import { call } from "../core/api.js";
import contract from "../core/contract.js";
import { today } from "../core/formats.js";
import { go, link } from "../core/router.js";
import { chart, sentence } from "../ui/chart.js";
import { isNumeric, plain, show as value } from "../ui/value.js";
import { empty, entered, html, nothing, render } from "../ui/view.js";
import { revenueOfYear } from "./training_revenue.js";
import { envelope } from "./vacations.js";

/** @param {string} name
 * @param {string} title
 * @param {Row} options
 * @param {string} chosen */
function choice(name, title, options, chosen) {
  return html`<div class="filter">
    <label for="figure-${name}">${title}</label
    ><select id="figure-${name}" name=${name}>
      ${options.map(
        (/** @type {Row} */ one) =>
          html`<option value=${one.value} ?selected=${one.value === chosen}>${one.title}</option>`,
      )}
    </select>
  </div>`;
}

/** @param {Row} options */
function bar({ vue, year, groupings, by, measures, measure }) {
  const submit = (/** @type {FormEvent} */ event) => {
    event.preventDefault();
    const [year, by, measure] = ["year", "by", "measure"].map((name) => entered(event.target, name));
    go(link(["chiffres"], { vue, year, by, measure }));
  };
  const options = measures.map((/** @type {Field} */ field) => ({ value: field.name, title: field.title }));
  return html`<form class="filters" aria-label="Réglages des chiffres" @submit=${submit}>
    <div class="filter">
      <label for="figure-year">Année</label
      ><input type="text" id="figure-year" name="year" inputmode="numeric" .value=${String(year)} maxlength="4" />
    </div>
    ${choice("by", "Regroupement", groupings, by)} ${choice("measure", "Mesure", options, measure.name)}
    <button class="main">Compter</button>
  </form>`;
}

// Numbers first, then what is itself a group of numbers; the groups have their chart.
/** @param {Field[]} fields
 * @param {Row} data */
function numbersOf(fields, data) {
  const line = (/** @type {Field} */ field, /** @type {unknown} */ text) =>
    html`<div>
      <dt>${field.title}</dt>
      <dd>${text}</dd>
    </div>`;
  return html`<section class="card">
    <h2>Année ${String(data.year)}</h2>
    <dl class="nested">
      ${fields.filter(isNumeric).map((field) => line(field, plain(field, data[field.name])))}
      ${fields.filter((field) => field.kind === "object").map((field) => line(field, value(field, data[field.name])))}
    </dl>
  </section>`;
}

/** The figures that `operationId` gives for a year. `most` is the measure shown first; `top` and `more` are markup around.
 * @param {Row} options */
function yearly({ operationId, by: first, vue, most, top, more }) {
  return async (
    /** @type {HTMLElement} */ place,
    { year = today().slice(0, 4), by = first, measure: wanted = most },
  ) => {
    const operation = contract.operation(operationId);
    const { data } = await call(operation, { query: { year, by } });
    const all = contract.fields(contract.answer(operation));
    const known = all.filter(({ name }) => name !== "year" && data[name] !== null && data[name] !== undefined);
    const measures = contract.inside(contract.answer(operation), "groups").filter(isNumeric);
    const measure = measures.find(({ name }) => name === wanted) ?? measures[0];
    const groupings = contract.choices(contract.parameters(operation).find(({ name }) => name === "by").schema);
    const grouping = groupings.find((one) => one.value === by)?.title ?? by;
    const groups = (data.groups ?? []).map((/** @type {Row} */ group) => ({
      label: group.label ?? group.key,
      value: group[measure.name] ?? null,
    }));
    render(
      html`${bar({ vue, year: data.year, groupings, by, measures, measure })} ${top?.(data) ?? nothing}
      ${numbersOf(known, data)}
      ${groups.length
        ? chart({
            title: `${measure.title}, ${grouping.toLowerCase()}`,
            said: sentence(groups, "cette année", measure),
            first: grouping,
            heads: [measure.title],
            field: measure,
            file: vue,
            rows: groups.map((/** @type {Row} */ group) => ({ label: group.label, values: [group.value] })),
          })
        : empty("Rien à répartir", `Aucun groupe en ${data.year} : choisissez une autre année.`)}
      ${(await more?.(data.year)) ?? nothing}`,
      place,
    );
  };
}

export const staysOfYear = yearly({
  operationId: "vacationAidStatistics",
  by: "region",
  vue: "sejours",
  most: "people",
  top: (/** @type {Row} */ data) => envelope({ ...data, waiting_count: 0 }),
});
export const trainingsOfYear = yearly({
  operationId: "trainingStatistics",
  by: "kind",
  vue: "formations",
  most: "people",
  more: revenueOfYear,
});
