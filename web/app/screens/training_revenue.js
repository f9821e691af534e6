// What trainings brought in: invoices and credit notes of a year by the line of the BPF that they belong to, beside the year
// before, and the years that led there. For those whose key opens the accounts.
import { call } from "../core/api.js";
import { slugged } from "../core/areas.js";
import contract, { named } from "../core/contract.js";
import { euro, plural } from "../core/formats.js";
import session from "../core/session.js";
import { changeSentence, chart, sentence } from "../ui/chart.js";
import { showProblem } from "../ui/problem.js";
import { html, nothing, note } from "../ui/view.js";

const YEARS = 5;

/** Lines of both years: what each brought in, by the title of its code.
 * @param {Row} now
 * @param {Row} before
 * @param {Field} code
 * @param {Field} amount */
function byOrigin(now, before, code, amount) {
  const cents = (/** @type {Row} */ answer, /** @type {string} */ wanted) =>
    answer.lines.find((/** @type {Row} */ one) => (one[code.name] ?? null) === wanted)?.[amount.name] ?? 0;
  const codes = new Set([...now.lines, ...before.lines].map((one) => one[code.name] ?? null));
  return [...codes]
    .map((one) => ({
      label: one === null ? "Origine à renseigner" : contract.label(code.schema, one),
      value: cents(now, one),
      before: cents(before, one),
    }))
    .sort((one, other) => other.value - one.value);
}

/** @param {string} title
 * @param {Row[]} answers
 * @param {Field} code
 * @param {Field} amount */
function origins(title, answers, code, amount) {
  const [now, before = { invoices: 0, lines: [] }] = answers;
  const rows = byOrigin(now, before, code, amount);
  const compared = before.invoices > 0;
  return chart({
    title: `${title} ${now.year}, ${euro(now.total_cents)}`,
    said: compared
      ? changeSentence(rows, String(before.year), String(now.year), amount)
      : sentence(rows, "cette année", amount),
    first: code.title,
    heads: compared ? [String(now.year), String(before.year)] : [amount.title],
    field: amount,
    file: `produits-${now.year}`,
    rows: rows.map((row) => ({ label: row.label, values: compared ? [row.value, row.before] : [row.value] })),
  });
}

/** @param {string} title
 * @param {Row[]} answers
 * @param {Field} amount */
function trend(title, answers, amount) {
  const rising = [...answers].reverse();
  const best = rising.reduce((most, one) => (one.total_cents > most.total_cents ? one : most));
  return chart({
    title: `${title}, de ${rising[0].year} à ${answers[0].year}`,
    said: best.total_cents > 0 ? `Le plus haut : ${euro(best.total_cents)} en ${best.year}.` : "Aucun produit.",
    first: "Année",
    heads: [amount.title],
    kind: "line",
    field: amount,
    file: "produits-par-annee",
    rows: rising.map((one) => ({ label: String(one.year), values: [one.total_cents] })),
  });
}

/** Markup about the revenue of the year, or nothing for who has no access to the accounts.
 * @param {number} year */
export async function revenueOfYear(year) {
  const operation = contract.operation("trainingRevenue");
  if (!operation || !session.may(operation)) return nothing;
  try {
    const { minimum = 1 } = contract.parameters(operation).find(({ name }) => name === "year").schema;
    const years = Array.from({ length: YEARS }, (_, back) => year - back).filter((one) => one >= minimum);
    const answers = await Promise.all(years.map(async (one) => (await call(operation, { query: { year: one } })).data));
    const answer = contract.answer(operation),
      title = answer?.title ?? operation.summary;
    const fields = contract.inside(answer, "lines");
    const code = named(fields, "funding_code");
    const amount = named(fields, "amount_cents");
    const [now] = answers;
    return html`${now.invoices
        ? origins(title, answers, code, amount)
        : note(`Aucune facture en ${year} : rien à répartir par origine des fonds.`)}
      ${trend(title, answers, amount)}
      <p>
        <a
          href=${slugged("/v1/training-invoices", {
            "invoiced_on[gte]": `${year}-01-01`,
            "invoiced_on[lte]": `${year}-12-31`,
          })}
          >${plural(now.invoices, "facture ou avoir", "factures et avoirs")} en ${year}</a
        >
      </p>`;
  } catch (problem) {
    return showProblem(problem);
  }
}
