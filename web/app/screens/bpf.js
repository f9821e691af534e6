// The BPF of a year as the form has it: frames A to G, what each still lacks, why it would be refused. Made to be printed.
import { call } from "../core/api.js";
import { slugged } from "../core/areas.js";
import contract, { named } from "../core/contract.js";
import { longDate, number, percent, plural, today } from "../core/formats.js";
import { go, link } from "../core/router.js";
import { showProblem } from "../ui/problem.js";
import { csv, plainTable } from "../ui/table.js";
import { plain } from "../ui/value.js";
import { busy, heading, html, icon, mount, note, nothing, render, save, within } from "../ui/view.js";

// Which properties of the declaration stand in which frame.
const DECLARED = {
  A: ["body_name", "siret", "nda", "address"],
  B: ["starts_on", "ends_on", "has_remote_training"],
  C: ["turnover_cents"],
  D: ["charges_cents", "trainers_pay_cents", "purchased_training_cents"],
};
const COLUMNS = ["people", "hours", "euros"];
// What a missing thing hangs on, by the type of its record; others are found at their session.
const PLACES = { ENROLMENT: "enrolments", INVOICE: "training-invoices", DECLARATION: "bpf-declarations" };

const choices = (/** @type {string} */ name) => {
  const field = named(contract.fields(contract.row(contract.operation("listBpfMissing"))), name);
  return new Map(contract.choices(field.schema).map((one) => [one.value, one.title]));
};
const fieldsOf = (/** @type {string} */ id) => contract.fields(contract.row(contract.operation(id)));

/** @param {string} name
 * @param {Row} frame
 * @param {Field[]} fields */
function declared(name, frame, fields) {
  const names = /** @type {Record<string, string[]>} */ (DECLARED)[name];
  if (!names) return nothing;
  return html`<dl>
    ${names.map((one) => {
      const field = named(fields, one);
      const value = frame[one] ?? null;
      return html`<div>
        <dt>${field.title}</dt>
        <dd>${value === null ? "À renseigner" : plain(field, value)}</dd>
      </div>`;
    })}
    ${name === "C" && frame.share_of_turnover_percent !== null
      ? html`<div>
          <dt>Part dans le chiffre d’affaires</dt>
          <dd>${percent(frame.share_of_turnover_percent)}</dd>
        </div>`
      : nothing}
  </dl>`;
}

/** @param {string} title
 * @param {Row} frame
 * @param {Field[]} fields */
function lines(title, { lines: rows, total }, fields) {
  if (!rows) return nothing;
  const shown = COLUMNS.filter((name) => [...rows, total].some((one) => one?.[name] !== undefined));
  const cells = (/** @type {Row} */ one) => shown.map((name) => (one[name] === undefined ? "" : number(one[name])));
  return plainTable(
    title,
    [named(fields, "label").title, ...shown.map((name) => named(fields, name).title)],
    [
      ...rows.map((/** @type {Row} */ one) => [`${one.line} ${one.label}`, ...cells(one)]),
      ...(total ? [["Total", ...cells(total)]] : []),
    ],
  );
}

/** @param {Row} missing
 * @param {Map<string, string>} rules
 * @param {number} year
 * @param {string} frame */
function lacking(missing, rules, year, frame) {
  if (!missing?.count) return nothing;
  const target = (/** @type {Row} */ one) => {
    const place = /** @type {Record<string, string>} */ (PLACES)[one.record_type];
    if (place && one.record_id) return slugged(`/v1/${place}/${one.record_id}`);
    if (one.session_id) return link(["sessions", one.session_id]);
    return link(["bpf-declarations", "nouveau"], { year });
  };
  return html`<div class="note warn bpf-missing">
    <p><strong>Il manque ${plural(missing.count, "information")}.</strong></p>
    <ul>
      ${missing.items
        .slice(0, 10)
        .map((/** @type {Row} */ one) => html`<li><a href=${target(one)}>${rules.get(one.rule) ?? one.rule}</a></li>`)}
    </ul>
    ${missing.count > 10
      ? html`<p class="no-print"><a href=${slugged("/v1/reports/bpf/missing", { year, frame })}>Toute la liste</a></p>`
      : nothing}
  </div>`;
}

/** Why it would be refused, in the words of the catalogue, and whom to complete.
 * @param {Row} report */
function refusals(report) {
  const totals = (/** @type {Row} */ frames) =>
    Object.entries(frames)
      .map(([name, one]) => `${name} : ${plural(one.people ?? 0, "stagiaire")}, ${plural(one.hours ?? 0, "heure")}`)
      .join(" ; ");
  return report.refusals.map(
    (/** @type {Row} */ one) =>
      html`<div class="note bad bpf-refusal" role="alert">
        <p><strong>Le dépôt serait refusé : les totaux de F-1, F-3 et F-4 diffèrent.</strong></p>
        ${one.frames ? html`<p>${totals(one.frames)}.</p>` : nothing}
        <ul class="no-print">
          ${(one.enrolment_ids ?? [])
            .slice(0, 10)
            .map(
              (/** @type {string} */ id, /** @type {number} */ index) =>
                html`<li><a href=${slugged(`/v1/enrolments/${id}`)}>Inscription à compléter n° ${index + 1}</a></li>`,
            )}
        </ul>
      </div>`,
  );
}

/** The lines as they are carried over: frame, line, label, figures.
 * @param {Row} report
 * @param {Field[]} fields */
function download(report, fields) {
  const heads = ["frame", "line", "label", ...COLUMNS];
  const rows = Object.entries(report.frames).flatMap(([frame, { lines: of }]) =>
    (of ?? []).map((/** @type {Row} */ one) => [frame, one.line, one.label, ...COLUMNS.map((name) => one[name] ?? "")]),
  );
  const titles = heads.map((name) => named(fields, name).title);
  save(`bpf-${report.year}.csv`, csv(titles, rows), "text/csv;charset=utf-8");
}

/** @param {Row} report */
function paper(report) {
  const declaration = fieldsOf("listBpfDeclarations");
  const columns = fieldsOf("listBpfLines");
  const rules = choices("rule");
  const frames = choices("frame");
  return html`<div class="top">
      <h1>Bilan pédagogique et financier ${report.year}</h1>
      <div class="tools">
        <button type="button" @click=${() => download(report, columns)}>${icon("download")} CSV</button>
        <button type="button" class="main" @click=${() => print()}>${icon("print")} Imprimer</button>
      </div>
    </div>
    <p>
      Cerfa ${report.rule_set}, exercice du ${longDate(report.starts_on)} au ${longDate(report.ends_on)} ;
      ${report.is_filed ? "déposé" : `à déposer avant le ${longDate(report.due_on)}`}.
    </p>
    ${refusals(report)}
    ${[...frames].map(
      ([name, title]) =>
        html`<section class="card bpf-frame" data-frame=${name}>
          <h2>Cadre ${name.length > 1 ? title : `${name} — ${title}`}</h2>
          ${declared(name, report.frames[name], declaration)} ${lines(title, report.frames[name], columns)}
          ${lacking(report.missing[name], rules, report.year, name)}
        </section>`,
    )}
    ${report.flags.length
      ? note(`${plural(report.flags.length, "point")} à regarder avant le dépôt.`, "info")
      : nothing}`;
}

/** @param {HTMLElement} place
 * @param {{ query: Row }} route */
export async function show(place, { query }) {
  const year = Number(query.year) || Number(today().slice(0, 4)) - 1;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    go(link(["bpf"], { year: String(form.get("year")).trim() }));
  };
  heading(`Bilan pédagogique et financier ${year}`);
  mount(
    place,
    html`<p class="crumb"><a href=${link(["bpf-declarations"])}>${icon("left")} Déclarations</a></p>
      <form class="filters" aria-label="Année" @submit=${submit}>
        <div class="filter">
          <label for="bpf-year">Année</label>
          <input type="text" inputmode="numeric" maxlength="4" id="bpf-year" name="year" .value=${String(year)} />
        </div>
        <button class="main">Établir</button>
      </form>
      <div id="bpf"></div>`,
  );
  const body = within(place, "#bpf");
  const load = async () => {
    render(busy(), body);
    try {
      const { data } = await call(contract.operation("bpfReport"), { query: { year } });
      render(paper(data), body);
    } catch (problem) {
      render(showProblem(problem, load), body);
    }
  };
  await load();
}
