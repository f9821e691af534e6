// Figures at a date, compared with another one, by whatever grouping the contract offers; moves between two dates.
import { call } from "../core/api.js";
import contract, { named } from "../core/contract.js";
import { date, longDate, number, parseDate, percent, plural, today } from "../core/formats.js";
import { go, link, parse } from "../core/router.js";
import { changeSentence, chart, sentence } from "../ui/chart.js";
import { staysOfYear, trainingsOfYear } from "./year_figures.js";
import { showProblem } from "../ui/problem.js";
import { busy, entered, heading, html, icon, mount, nothing, render, within } from "../ui/view.js";

/** @type {[string, string, string?][]} */
const ALL_VIEWS = [
  ["", "Effectifs"],
  ["mouvements", "Mouvements"],
  ["emploi", "Emploi"],
  ["formations", "Formations", "trainingStatistics"],
  ["sejours", "Séjours", "vacationAidStatistics"],
  ["publies", "Chiffres publiés"],
];

const views = () => ALL_VIEWS.filter(([, , id]) => !id || contract.has(id));

/** @param {Query} query */
function bar(query) {
  const groupings = contract.choices(
    contract.parameters(contract.operation("memberStatistics")).find((one) => one.name === "by").schema,
  );
  const moves = query.vue === "mouvements";
  const submit = (/** @type {FormEvent} */ event) => {
    event.preventDefault();
    const day = (/** @type {string} */ name) => parseDate(entered(event.target, name)) ?? entered(event.target, name);
    go(
      link(["chiffres"], {
        vue: query.vue,
        by: entered(event.target, "by"),
        ...(moves ? { from: day("from"), to: day("to") } : { as_of: day("as_of"), compare: day("compare") }),
      }),
    );
  };
  const field = (/** @type {string} */ name, /** @type {string} */ title, /** @type {any} */ value, extra = "") =>
    html`<div class="filter">
      <label for="figure-${name}">${title}</label
      ><input
        type="text"
        id="figure-${name}"
        name=${name}
        .value=${date(value ?? "")}
        placeholder="jj/mm/aaaa"
        autocomplete="off"
        aria-describedby=${extra || nothing}
      />
    </div>`;
  return html`<form class="filters" aria-label="Réglages des chiffres" @submit=${submit}>
    ${moves
      ? html`${field("from", "Du", query.from ?? `${today().slice(0, 4)}-01-01`)}${field(
          "to",
          "Au",
          query.to ?? today(),
        )}`
      : html`${field("as_of", "À la date du", query.as_of ?? today())}${field(
          "compare",
          "Comparer avec le",
          query.compare,
        )}`}
    <div class="filter">
      <label for="figure-by">Par</label
      ><select id="figure-by" name="by">
        ${groupings.map(
          (one) =>
            html`<option value=${one.value} ?selected=${one.value === (query.by ?? "kind")}>${one.title}</option>`,
        )}
      </select>
    </div>
    <button class="main">Compter</button>
  </form>`;
}

/** @param {HTMLElement} place
 * @param {Row} options */
async function counts(place, { as_of, compare, by = "kind" }) {
  const operation = contract.operation("memberStatistics");
  const [now, before, share] = await Promise.all([
    call(operation, { query: { as_of, by } }),
    compare ? call(operation, { query: { as_of: compare, by } }) : null,
    contract.has("siaeShare") ? call(contract.operation("siaeShare"), { query: { as_of } }) : null,
  ]);
  const labels = new Map(
    [...(before?.data.groups ?? []), ...now.data.groups].map((group) => [group.key, group.label ?? group.key]),
  );
  const find = (/** @type {Answer | null} */ answer, /** @type {string} */ key) =>
    answer?.data.groups.find((/** @type {Row} */ group) => group.key === key)?.count ?? 0;
  const rows = [...labels].map(([key, label]) => ({ label, value: find(now, key), before: find(before, key) }));
  const heads = compare ? [date(now.data.as_of), date(before?.data.as_of)] : ["Structures"];
  render(
    html`<ul class="tiles">
        <li class="tile">
          <p>Structures au ${date(now.data.as_of)}</p>
          <p class="big">${number(now.data.total)}</p>
        </li>
        ${before
          ? html`<li class="tile">
              <p>Au ${date(before.data.as_of)}</p>
              <p class="big">${number(before.data.total)}</p>
            </li>`
          : nothing}
        ${share
          ? html`<li class="tile">
              <p>Part des SIAE (${share.data.formula_text})</p>
              <p class="big">${percent(share.data.share_percent)}</p>
            </li>`
          : nothing}
      </ul>
      ${chart({
        title: `${plural(now.data.total, "structure")} au ${longDate(now.data.as_of)}`,
        first: "Groupe",
        heads,
        file: "structures",
        said: before
          ? changeSentence(rows, date(before.data.as_of), date(now.data.as_of))
          : sentence(rows, "ce regroupement"),
        rows: rows.map((row) => ({ label: row.label, values: compare ? [row.value, row.before] : [row.value] })),
      })}
      <p><a href=${link(["carte"], { as_of })}>Voir la carte à cette date</a></p>`,
    place,
  );
}

/** @param {HTMLElement} place */
async function moves(place, { from = `${today().slice(0, 4)}-01-01`, to = today(), by = "kind" }) {
  const { data } = await call(contract.operation("memberMoves"), { query: { from, to, by } });
  const said = `Du ${longDate(data.from)} au ${longDate(data.to)} : ${plural(data.joined, "arrivée")}, ${plural(data.rejoined, "retour")}, ${plural(data.left, "départ")}, solde ${data.net > 0 ? "+" : ""}${number(data.net)}.`;
  render(
    chart({
      title: "Mouvements",
      said,
      first: "Groupe",
      heads: ["Arrivées", "Retours", "Départs"],
      file: "mouvements",
      rows: data.groups.map((/** @type {Row} */ group) => ({
        label: group.label ?? group.key,
        values: [group.joined, group.rejoined, group.left],
      })),
    }),
    place,
  );
}

/** @param {HTMLElement} place */
async function workforce(place) {
  const { data } = await call(contract.operation("memberObservations"));
  const schema = contract.inside(contract.answer(contract.operation("memberObservations")), "workforce");
  const title = (/** @type {string} */ name, /** @type {any} */ value) =>
    contract.label(named(schema, name).schema, value);
  const groups = new Map();
  for (const row of data.workforce) {
    const key = `${title("branch", row.branch)}, ${title("measure", row.measure).toLowerCase()}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  render(
    html`${[...groups].map(([name, rows]) => {
      const known = rows.filter((/** @type {Row} */ row) => row.total !== null);
      return chart({
        title: name,
        first: "Année",
        heads: [name],
        kind: "line",
        file: "emploi",
        rows: known.map((/** @type {Row} */ row) => ({ label: String(row.year), values: [row.total] })),
        said: known.length
          ? `${number(known.at(-1).total)} en ${known.at(-1).year}, contre ${number(known[0].total)} en ${known[0].year}.`
          : "Aucune année complète.",
      });
    })}`,
    place,
  );
}

/** @type {Record<string, (place: HTMLElement, query: Row) => unknown>} */
const DRAW = { "": counts, mouvements: moves, emploi: workforce, sejours: staysOfYear, formations: trainingsOfYear };

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Chiffres");
  const draw = async () => {
    const { query } = parse();
    const view = query.vue ?? "";
    if (view === "publies") {
      location.hash = "#/chiffres-publies";
      return;
    }
    mount(
      place,
      html`<div class="top">
          <h1>Chiffres du réseau</h1>
          <p class="end no-print"><a class="button" href=${link(["carte"])}>${icon("right")} Carte</a></p>
        </div>
        <nav class="tabs" aria-label="Chiffres">
          <ul>
            ${views().map(
              ([word, title]) =>
                html`<li>
                  <a href=${link(["chiffres"], { vue: word })} aria-current=${view === word ? "page" : nothing}
                    >${title}</a
                  >
                </li>`,
            )}
          </ul>
        </nav>
        ${["emploi", "sejours", "formations"].includes(view) ? nothing : bar(query)}
        <div class="figure-place"></div>
        <p class="print-only">${location.href}, le ${longDate(today())}</p>`,
    );
    const output = within(place, ".figure-place");
    if (!output.hasChildNodes()) render(busy(), output);
    try {
      await (DRAW[view] ?? counts)(output, query);
    } catch (problem) {
      render(showProblem(problem, draw), output);
    }
  };
  await draw();
  return { follow: draw };
}
