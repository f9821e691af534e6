// What became of people whose PASS ended in a year: how many exits count and why others do not, rates with their denominator,
// by reason and by group. A rate without its denominator is not shown.
import { call } from "../core/api.js";
import contract, { named } from "../core/contract.js";
import { number, percent, plural, today } from "../core/formats.js";
import { go, link, parse } from "../core/router.js";
import { chart } from "../ui/chart.js";
import { gauge } from "../ui/gauge.js";
import { passTabs } from "../ui/pass_tabs.js";
import { showProblem } from "../ui/problem.js";
import { plain } from "../ui/value.js";
import { busy, entered, heading, html, mount, nothing, render, within } from "../ui/view.js";

const CATEGORIES = ["durable", "transition", "positive", "other"];
const HIDDEN = "caché";
// Below this many, a rate compares nobody: it stays in the table but is not put forward.
const ENOUGH = 30;
const operation = () => contract.operation("passOutcomes");

const fieldsOf = (/** @type {string} */ name) => contract.inside(contract.answer(operation()), name);

/** @param {Row} query */
function bar(query) {
  const by = contract.parameters(operation()).find((one) => one.name === "by");
  const submit = (/** @type {FormEvent} */ event) => {
    event.preventDefault();
    go(link(["sorties"], { year: entered(event.target, "year"), by: entered(event.target, "by") }));
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
          .map((one) => html`<option value=${one.value} ?selected=${one.value === query.by}>${one.title}</option>`)}
      </select>
    </div>
    <button class="main">Compter</button>
  </form>`;
}

const count = (/** @type {number | null} */ value) => (value === null ? HIDDEN : number(value));
const rate = (/** @type {number | null} */ value) => (value === null ? HIDDEN : percent(value));

/** How the recorded exits become the denominator of all rates.
 * @param {Row} total
 * @param {Field[]} fields
 * @param {string} source */
function denominator(total, fields, source) {
  const missing = source === "REPORT" ? "non donné" : HIDDEN;
  const line = (/** @type {string} */ name, /** @type {string} */ sign) => {
    const field = named(fields, name);
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
 * @param {Field[]} fields */
function rates(total, fields) {
  const title = (/** @type {string} */ name) => named(fields, name).title;
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
  const called = (/** @type {Row} */ row) => {
    const category = plain(named(fields, "category"), row.category);
    return row.code
      ? `${plain(named(fields, "code"), row.code)} (${category.toLowerCase()})`
      : `Autres (${category.toLowerCase()})`;
  };
  const most = rows.reduce(
    (best, row) => (row.people > (best?.people ?? -1) ? row : best),
    /** @type {Row | null} */ (null),
  );
  return chart({
    title: named(contract.fields(contract.answer(operation())), "reasons").title,
    said: most
      ? `En tête : ${called(most)}, ${number(most.people)} sur ${number(counted)} (${rate(most.percent)}).`
      : "",
    first: "Motif",
    heads: [named(fields, "people").title],
    file: `sorties-motifs-${year}`,
    rows: rows.map((row) => ({ label: called(row), values: [row.people] })),
  });
}

/** @param {Row} data
 * @param {Field[]} fields */
function groups(data, fields) {
  if (!data.groups.length)
    return html`<p class="note info">
      ${plain(named(contract.fields(contract.answer(operation())), "source"), data.source)} : ces chiffres ne sont
      donnés que pour le réseau entier.
    </p>`;
  const names = ["counted", "dynamic", ...CATEGORIES];
  const columns = names.flatMap((name) =>
    name === "counted" ? [named(fields, name)] : [named(fields, name), named(fields, `${name}_percent`)],
  );
  const known = data.groups.filter((/** @type {Row} */ row) => row.dynamic_percent !== null && row.counted >= ENOUGH);
  const best = known.reduce(
    (/** @type {Row | null} */ one, /** @type {Row} */ row) =>
      row.dynamic_percent > (one?.dynamic_percent ?? -1) ? row : one,
    null,
  );
  return chart({
    title: `${named(fields, "dynamic_percent").title} par groupe`,
    said: best
      ? `Le plus haut taux, à partir de ${ENOUGH} sorties comptées : ${best.label}, ${rate(best.dynamic_percent)} de ${plural(best.counted, "sortie comptée", "sorties comptées")} ; réseau : ${rate(data.total.dynamic_percent)}.`
      : "Aucun groupe n’a assez de sorties pour un taux.",
    kind: "table",
    first: "Groupe",
    heads: columns.map((field) => field.title),
    file: `sorties-groupes-${data.year}`,
    rows: [...data.groups, { ...data.total, label: "Ensemble" }].map((row) => ({
      label: row.label,
      values: columns.map((field) => {
        const value = row[field.name];
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

/** @param {HTMLElement} place */
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
    const output = within(place, ".figure-place");
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
