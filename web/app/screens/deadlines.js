// When PASS end: by month, for every caller that may count them; three readings side by side, a peak named when there is one.
import { call } from "../core/api.js";
import contract from "../core/contract.js";
import { addDays, date, longDate, month, number, parseDate, plural, today } from "../core/formats.js";
import { go, link, parse } from "../core/router.js";
import { chart, sentence } from "../ui/chart.js";
import { passTabs } from "../ui/pass_tabs.js";
import { showProblem } from "../ui/problem.js";
import { busy, heading, html, mount, nothing, render } from "../ui/view.js";

const SPANS = [30, 90, 210, 365];
const READINGS = ["declared", "resumed", "hard_stops"];

const firstOf = (day) => `${day.slice(0, 7)}-01`;

function bar(query) {
  const grouping = contract.parameters(contract.operation("passExpiries")).find((one) => one.name === "by");
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const day = (name) => (form.get(name) ? (parseDate(form.get(name)) ?? form.get(name)) : "");
    go(link(["echeances"], { from: day("from"), to: day("to"), by: form.get("by") }));
  };
  const field = (name, title) =>
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

function tiles(data, fields) {
  const shown = [...READINGS, "pending_requests"].map((name) => fields.find((field) => field.name === name));
  return html`<ul class="tiles">
    ${shown.filter(Boolean).map((field) => {
      const value = data.total[field.name];
      return html`<li class="tile">
        <p>${field.title}</p>
        <p class="big">${value === null ? "caché" : number(value)}</p>
      </li>`;
    })}
  </ul>`;
}

// A month of its own is compared with the next one: the mass expiry must be seen without reading a chart.
function said(months) {
  const known = months.filter((one) => one.declared !== null);
  if (!known.length) return "Aucune fin à montrer sur cette période.";
  const most = known.reduce((best, one) => (one.declared > best.declared ? one : best));
  const total = known.reduce((sum, one) => sum + one.declared, 0);
  return `Le mois le plus chargé : ${month(most.month)}, ${plural(most.declared, "fin déclarée", "fins déclarées")} sur ${number(total)}.`;
}

function peaks({ weekly }) {
  const found = weekly.weeks.filter((week) => week.peak);
  if (!found.length) return nothing;
  return html`<div class="note warn">
    <p>
      <strong>${plural(found.length, "semaine de pointe", "semaines de pointe")}</strong> (plus de
      ${number(weekly.alarm_above)} fins) :
      ${found.map((week) => `semaine du ${longDate(week.starts_on)}, ${plural(week.declared, "fin")}`).join(" ; ")}.
    </p>
  </div>`;
}

function byGroup(data) {
  const sums = new Map();
  for (const row of data.groups) sums.set(row.label, (sums.get(row.label) ?? 0) + (row.declared ?? 0));
  const rows = [...sums].sort((one, other) => other[1] - one[1]);
  if (!rows.length) return nothing;
  return chart({
    title: "Fins déclarées par groupe",
    said: sentence(
      rows.map(([label, value]) => ({ label, value })),
      "ce regroupement",
    ),
    first: "Groupe",
    heads: ["Fins déclarées"],
    file: "echeances-par-groupe",
    rows: rows.map(([label, value]) => ({ label, values: [value] })),
  });
}

function template(data) {
  const fields = contract.fields(
    contract.resolve(contract.answer(contract.operation("passExpiries")).properties.total),
  );
  const titles = READINGS.map((name) => fields.find((field) => field.name === name).title);
  return html`${tiles(data, fields)} ${peaks(data)}
    ${chart({
      title: "Fins de PASS par mois",
      said: said(data.months),
      first: "Mois",
      heads: titles,
      file: "echeances",
      rows: data.months.map((one) => ({ label: month(one.month), values: READINGS.map((name) => one[name]) })),
    })}
    ${byGroup(data)}
    <p class="small">
      Au ${longDate(data.as_of)}.
      ${data.step > 1
        ? `Chiffres par paliers de ${data.step}, vers le bas ; en dessous, ils sont cachés : aucune personne ne s’y reconnaît.`
        : "Chiffres exacts."}
    </p>`;
}

export async function show(place) {
  heading("Échéances des PASS");
  const draw = async () => {
    const asked = parse().query;
    const query = { from: firstOf(today()), to: addDays(today(), 365), by: "region", ...asked };
    mount(
      place,
      html`${passTabs()}
        <h1>Échéances des PASS</h1>
        ${bar(query)}
        <div class="figure-place"></div>
        <p class="print-only">${location.href}, le ${longDate(today())}</p>`,
    );
    const output = place.querySelector(".figure-place");
    if (!output.hasChildNodes()) render(busy(), output);
    try {
      const { data } = await call(contract.operation("passExpiries"), { query });
      render(template(data), output);
    } catch (problem) {
      render(showProblem(problem, draw), output);
    }
  };
  await draw();
  return { follow: draw };
}
