// When PASS end: by month, for every caller that may count them; three readings side by side, a peak named when there is one.
import { call } from "../core/api.js";
import contract, { named, pick } from "../core/contract.js";
import { addDays, date, longDate, month, number, parseDate, plural, today } from "../core/formats.js";
import { go, link, parse } from "../core/router.js";
import { chart } from "../ui/chart.js";
import { passTabs } from "../ui/pass_tabs.js";
import { showProblem } from "../ui/problem.js";
import { busy, entered, heading, html, mount, nothing, render, within } from "../ui/view.js";

const SPANS = [30, 90, 210, 365];
const READINGS = ["declared", "resumed", "hard_stops"];

const firstOf = (/** @type {string} */ day) => `${day.slice(0, 7)}-01`;

/** @param {Query} query */
function bar(query) {
  const grouping = contract.parameters(contract.operation("passExpiries")).find((one) => one.name === "by");
  const submit = (/** @type {FormEvent} */ event) => {
    event.preventDefault();
    const day = (/** @type {string} */ name) => parseDate(entered(event.target, name)) ?? entered(event.target, name);
    go(link(["echeances"], { from: day("from"), to: day("to"), by: entered(event.target, "by") }));
  };
  const field = (/** @type {string} */ name, /** @type {string} */ title) =>
    html`<div class="filter">
      <label for="ends-${name}">${title}</label
      ><input
        type="text"
        id="ends-${name}"
        name=${name}
        .value=${date(query[name])}
        placeholder="jj/mm/aaaa"
        autocomplete="off"
      />
    </div>`;
  return html`<form class="filters" aria-label="Période" @submit=${submit}>
    ${field("from", "Du")}${field("to", "Au")}
    <div class="filter">
      <label for="ends-by">Par</label
      ><select id="ends-by" name="by">
        ${contract
          .choices(grouping.schema)
          .map((one) => html`<option value=${one.value} ?selected=${one.value === query.by}>${one.title}</option>`)}
      </select>
    </div>
    <button class="main">Compter</button>
    ${SPANS.map((days) => {
      const to = addDays(today(), days);
      return html`<a class="button" href=${link(["echeances"], { from: today(), to, by: query.by })}>${days} jours</a>`;
    })}
  </form>`;
}

/** @param {Row} data
 * @param {Field[]} fields */
function tiles(data, fields) {
  const shown = pick(fields, [...READINGS, "pending_requests"]);
  return html`<ul class="tiles">
    ${shown.map((field) => {
      const value = data.total[field.name];
      return html`<li class="tile">
        <p>${field.title}</p>
        <p class="big">${value === null ? "caché" : number(value)}</p>
      </li>`;
    })}
  </ul>`;
}

// A month of its own is compared with the next one: the mass expiry must be seen without reading a chart.
/** @param {Row[]} months */
function said(months) {
  const known = months.filter((one) => one.declared !== null);
  if (!known.length) return "Aucune fin à montrer sur cette période.";
  const most = known.reduce((best, one) => (one.declared > best.declared ? one : best));
  const total = known.reduce((sum, one) => sum + one.declared, 0);
  return `Le mois le plus chargé : ${month(most.month)}, ${plural(most.declared, "fin déclarée", "fins déclarées")} sur ${number(total)}.`;
}

/** @param {Row} options */
function peaks({ weekly }) {
  const found = weekly.weeks.filter((/** @type {Row} */ week) => week.peak);
  if (!found.length) return nothing;
  return html`<div class="note warn">
    <p>
      <strong>${plural(found.length, "semaine de pointe", "semaines de pointe")}</strong> (plus de
      ${number(weekly.alarm_above)} fins) :
      ${found
        .map((/** @type {Row} */ week) => `semaine du ${longDate(week.starts_on)}, ${plural(week.declared, "fin")}`)
        .join(" ; ")}.
    </p>
  </div>`;
}

// Month by month for each group: where the wave is highest, and what it would be if everybody suspended came back.
/** @param {Row} data
 * @param {Field[]} fields
 * @param {string} measure */
function byGroup(data, fields, measure) {
  if (!data.groups.length) return nothing;
  const title = (/** @type {string} */ name) => named(fields, name).title;
  const months = data.months.map((/** @type {Row} */ one) => one.month);
  const rows = new Map();
  for (const row of data.groups) {
    const line = rows.get(row.label) ?? { label: row.label, values: months.map(() => 0) };
    line.values[months.indexOf(row.month)] = row[measure];
    rows.set(row.label, line);
  }
  const cells = data.groups.filter((/** @type {Row} */ row) => row[measure] !== null);
  const most = cells.reduce(
    (/** @type {Row} */ best, /** @type {Row} */ row) => (row[measure] > (best?.[measure] ?? -1) ? row : best),
    null,
  );
  const choose = (/** @type {string} */ name) =>
    html`<a
      class="button"
      href=${link(["echeances"], { ...parse().query, lecture: name === READINGS[0] ? "" : name })}
      aria-current=${name === measure ? "page" : nothing}
      >${title(name)}</a
    >`;
  return html`<p class="tools no-print">${READINGS.map(choose)}</p>
    ${chart({
      title: `${title(measure)}, par mois et groupe`,
      said: most
        ? `Le plus grand nombre : ${most.label} en ${month(most.month)}, ${number(most[measure])}.`
        : "Tous les nombres sont cachés : trop petits.",
      kind: "heat",
      first: "Groupe",
      heads: months.map(month),
      file: `echeances-par-groupe-${measure}`,
      rows: [...rows.values()],
    })}`;
}

/** @param {Row} data
 * @param {string} measure */
function template(data, measure) {
  const fields = contract.inside(contract.answer(contract.operation("passExpiries")), "total");
  const titles = READINGS.map((name) => named(fields, name).title);
  return html`${tiles(data, fields)} ${peaks(data)}
    ${chart({
      title: "Fins de PASS par mois",
      said: said(data.months),
      first: "Mois",
      heads: titles,
      file: "echeances",
      rows: data.months.map((/** @type {Row} */ one) => ({
        label: month(one.month),
        values: READINGS.map((name) => one[name]),
      })),
    })}
    ${byGroup(data, fields, measure)}
    <p class="small">
      Au ${longDate(data.as_of)}.
      ${data.step > 1
        ? `Chiffres par paliers de ${data.step}, vers le bas ; en dessous, ils sont cachés : aucune personne ne s’y reconnaît.`
        : "Chiffres exacts."}
    </p>`;
}

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Échéances des PASS");
  const draw = async () => {
    const asked = parse().query;
    const { lecture, ...counted } = asked;
    const query = { from: firstOf(today()), to: addDays(today(), 365), by: "region", ...counted };
    mount(
      place,
      html`${passTabs()}
        <h1>Échéances des PASS</h1>
        ${bar(query)}
        <div class="figure-place"></div>
        <p class="print-only">${location.href}, le ${longDate(today())}</p>`,
    );
    const output = within(place, ".figure-place");
    if (!output.hasChildNodes()) render(busy(), output);
    try {
      const { data } = await call(contract.operation("passExpiries"), { query });
      render(template(data, READINGS.includes(lecture) ? lecture : READINGS[0]), output);
    } catch (problem) {
      render(showProblem(problem, draw), output);
    }
  };
  await draw();
  return { follow: draw };
}
