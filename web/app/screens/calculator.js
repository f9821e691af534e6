// The public PASS calculator: no key, nothing kept, no name asked. What was typed is in the address, so that the link
// can be given on; the service computes, and every number of the answer names its rule.
import { call } from "../core/api.js";
import contract from "../core/contract.js";
import { date, longDate, number, plural, today } from "../core/formats.js";
import { link, parse, replace } from "../core/router.js";
import session from "../core/session.js";
import { Form } from "../ui/form.js";
import { Problem } from "../core/problem.js";
import { passTabs } from "../ui/pass_tabs.js";
import { table } from "../ui/table.js";
import { timeline } from "../ui/timeline.js";
import { plain, show as value } from "../ui/value.js";
import { badge, heading, html, icon, mount, nothing, render, toast } from "../ui/view.js";

const ENTRIES = ["suspensions", "prolongations"];
// A link may be given on: it never carries the date of birth.
const PRIVATE = new Set(["birth_date"]);

/** {starts_on, suspensions: [{reason}]} to {starts_on, "suspensions.0.reason"}: every entry of the form, none of a person. */
export function toQuery(value, path = "", query = {}) {
  for (const [name, entry] of Object.entries(value)) {
    if (PRIVATE.has(name)) continue;
    if (entry !== null && typeof entry === "object") toQuery(entry, `${path}${name}.`, query);
    else if (entry !== undefined && entry !== "") query[path + name] = String(entry);
  }
  return query;
}

/** The way back; names that the contract does not know are left out, and no list grows beyond its fifty. */
export function fromQuery(query) {
  const known = contract.body(contract.operation("calculatePass")).properties,
    made = {};
  for (const [path, text] of Object.entries(query)) {
    const [name, ...rest] = path.split(".");
    if (!Object.hasOwn(known, name) || PRIVATE.has(name)) continue;
    if (!rest.length) made[name] = text;
    else if (rest.length === 1) made[name] = { ...made[name], [rest[0]]: text };
    else if (Number(rest[0]) < 50) {
      made[name] ??= [];
      made[name][Number(rest[0])] = { ...made[name][Number(rest[0])], [rest[1]]: text };
    }
  }
  for (const name of ENTRIES) if (made[name]) made[name] = Array.isArray(made[name]) ? made[name].filter(Boolean) : [];
  return made;
}

const part = (name) =>
  contract.fields(contract.answer(contract.operation("calculatePass"))).find((field) => field.name === name);
const between = (from, to) => `du ${longDate(from)} au ${longDate(to)}`;

function headline(answer) {
  const tone = { VALID: "ok", FUTURE: "info", SUSPENDED: "warn", EXPIRED: "bad" }[answer.state];
  const notices = part("notices"),
    of = notices && contract.fields(contract.resolve(notices.schema.items)).find((one) => one.name === "code");
  return html`<section class="card result" aria-labelledby="result-title">
    <div class="top">
      <h2 id="result-title">Résultat</h2>
      ${badge(plain(part("state"), answer.state), tone)}
    </div>
    <ul class="tiles">
      <li class="tile">
        <p>Fin du PASS</p>
        <p class="big">${date(answer.ends_on)}</p>
      </li>
      <li class="tile">
        <p>Jours restants</p>
        <p class="big">${number(answer.remaining_days)}</p>
      </li>
      ${answer.resumed_today_ends_on
        ? html`<li class="tile">
            <p>Fin si reprise aujourd’hui</p>
            <p class="big">${date(answer.resumed_today_ends_on)}</p>
          </li>`
        : nothing}
    </ul>
    <p>${sentence(answer)}</p>
    ${of && answer.notices?.length
      ? html`<ul class="small">
          ${answer.notices.map((notice) => html`<li>${plain(of, notice.code)}</li>`)}
        </ul>`
      : nothing}
  </section>`;
}

function sentence(answer) {
  const said = [`PASS ${between(answer.starts_on, answer.ends_on)}, ${plural(answer.total_days, "jour")} en tout.`];
  if (answer.initial_ends_on && answer.initial_ends_on !== answer.ends_on)
    said.push(`Fin initiale : ${longDate(answer.initial_ends_on)}.`);
  const wanted = answer.prolongation_window;
  if (wanted?.opens_on)
    said.push(
      `Une prolongation se demande ${between(wanted.opens_on, wanted.closes_on)}${wanted.open ? " : la période est ouverte" : ""}.`,
    );
  if (answer.waiting_period?.starts_on)
    said.push(`Délai de carence ${between(answer.waiting_period.starts_on, answer.waiting_period.ends_on)}.`);
  return said.join(" ");
}

function drawn(body, answer) {
  const spans = (list, tone, title) =>
    (list ?? [])
      .filter((one) => one.starts_on && one.ends_on)
      .map((one) => ({ from: one.starts_on, to: one.ends_on, tone, title }));
  const rows = [
    { label: "PASS", spans: [{ from: answer.starts_on, to: answer.ends_on, tone: 1, title: "PASS" }] },
    { label: "Suspensions", spans: spans(answer.suspensions ?? body.suspensions, 2, "Suspension") },
    { label: "Prolongations", spans: spans(answer.prolongations ?? body.prolongations, 3, "Prolongation") },
    {
      label: "Demande possible",
      spans: answer.prolongation_window?.opens_on
        ? [
            {
              from: answer.prolongation_window.opens_on,
              to: answer.prolongation_window.closes_on,
              tone: 5,
              title: "Demande de prolongation possible",
            },
          ]
        : [],
    },
    {
      label: "Carence",
      spans: answer.waiting_period?.starts_on
        ? [
            {
              from: answer.waiting_period.starts_on,
              to: answer.waiting_period.ends_on,
              tone: 4,
              title: "Délai de carence",
            },
          ]
        : [],
    },
  ].filter((row) => row.spans.length);
  return html`<section class="card">
    <h2>Frise</h2>
    ${timeline({ rows, today: answer.as_of ?? body.as_of ?? today(), title: "Frise du PASS" })}
  </section>`;
}

function milestones(answer) {
  const field = part("milestones");
  const item = field && contract.fields(contract.resolve(field.schema.items)).find((one) => one.name === "code");
  if (!answer.milestones?.length) return nothing;
  return html`<section class="card">
    <h2>Échéances</h2>
    <ul class="due">
      ${answer.milestones.map(
        (one) =>
          html`<li>
            <span class="number">${date(one.on)}</span
            ><span class="what">${item ? plain(item, one.code) : one.code}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}

function options(answer) {
  const field = part("prolongation_options");
  if (!answer.prolongation_options?.length || !field) return nothing;
  const fields = contract.fields(contract.resolve(field.schema.items));
  const named = (name) => fields.find((one) => one.name === name);
  const shown = [
    "reason",
    "allowed",
    "decided_by",
    "remaining_days",
    "request_max_ends_on",
    "max_ends_on",
    "conditions",
    "why_not",
  ]
    .map(named)
    .filter(Boolean);
  return html`<section class="card">
    <h2>${field.title}</h2>
    ${table(shown, answer.prolongation_options, { caption: field.title })}
  </section>`;
}

// Whatever else the service answers is shown with the titles of the contract: a new property needs no new client.
const DRAWN = new Set([
  "state",
  "starts_on",
  "ends_on",
  "initial_ends_on",
  "total_days",
  "remaining_days",
  "resumed_today_ends_on",
  "prolongation_options",
  "milestones",
  "notices",
  "rules",
  "prolongation_window",
  "waiting_period",
]);

function others(answer) {
  const fields = contract
    .fields(contract.answer(contract.operation("calculatePass")))
    .filter(
      (field) =>
        !DRAWN.has(field.name) &&
        answer[field.name] !== undefined &&
        answer[field.name] !== null &&
        !(Array.isArray(answer[field.name]) && !answer[field.name].length),
    );
  const detailed = ["prolongation_window", "waiting_period"].map(part).filter((field) => field && answer[field.name]);
  return html`<section class="card">
    <h2>Détail</h2>
    <dl>
      ${[...fields, ...detailed].map(
        (field) =>
          html`<div>
            <dt>${field.title}</dt>
            <dd>${value(field, answer[field.name], answer)}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function rules(answer) {
  const field = part("rules");
  if (!answer.rules?.length) return nothing;
  const fields = contract.fields(contract.resolve(field.schema.items));
  return html`<details class="card">
    <summary>${field.title} (${number(answer.rules.length)})</summary>
    ${table(fields, answer.rules, { caption: field.title })}
  </details>`;
}

function shareable(body) {
  const target = link(["calculateur"], toQuery(body));
  replace(target);
  return html`<p class="actions no-print">
    <button
      type="button"
      @click=${() =>
        navigator.clipboard?.writeText(location.href).then(
          () => toast("Lien copié : des dates et des motifs, rien sur la personne."),
          () => toast("Copiez l’adresse de la page."),
        )}
    >
      ${icon("link")} Copier le lien
    </button>
    <button type="button" @click=${() => print()}>${icon("print")} Imprimer</button>
  </p>`;
}

function results(body, answer) {
  return html`${headline(answer)}${shareable(body)}${drawn(body, answer)}${milestones(answer)}${options(
      answer,
    )}${others(answer)}${rules(answer)}
    <p class="print-only">
      Calculé le ${longDate(today())} avec :
      ${Object.entries(body)
        .filter(([name]) => !ENTRIES.includes(name))
        .filter(([, text]) => typeof text === "string")
        .map(
          ([name, text]) =>
            `${contract.resolve(contract.body(contract.operation("calculatePass")).properties[name]).title} ${/^\d{4}-\d\d-\d\d$/.test(text) ? date(text) : text}`,
        )
        .join(", ")}.
      ${location.href}
    </p>
    <p class="small">
      Le calcul suit les règles publiées, datées ci-dessus ; la plateforme de l’inclusion et le prescripteur font foi.
    </p>`;
}

export async function show(place, { query }) {
  heading("Calculateur PASS IAE");
  const operation = contract.operation("calculatePass");
  if (!operation)
    throw new Problem({ title: "Calculateur indisponible", detail: "Ce service n’offre pas le calcul du PASS IAE." });
  mount(
    place,
    html`${passTabs()}
      <h1>Calculateur PASS IAE</h1>
      <p class="lead no-print">
        Fin, jours restants, périodes de prolongation et délai de carence, à partir de dates seulement. Sans compte ;
        rien n’est enregistré, aucun nom n’est demandé.
      </p>
      <div class="split">
        <div class="form-place no-print"></div>
        <div class="result-place" aria-live="polite" tabindex="-1"></div>
      </div>`,
  );
  const output = place.querySelector(".result-place");
  const form = new Form(place.querySelector(".form-place"), operation, {
    compute: true,
    submit: "Calculer",
    main: ["as_of", "starts_on", "siae_kind", ...ENTRIES],
    initial: { as_of: today(), ...fromQuery(query) },
    refused: () => render(nothing, output),
    done: ({ data }, _, body) => {
      render(results(body, data), output);
      output.focus({ preventScroll: true });
      output.scrollIntoView({ block: "start" });
    },
  });
  if (query.starts_on) await compute(operation, form, output);
  return { follow: () => {} };
}

async function compute(operation, form, output) {
  const { body, faults } = form.body();
  if (faults.length) return form.refuse(faults);
  try {
    const { data } = await call(operation, { body });
    render(results(body, data), output);
  } catch (problem) {
    form.fail(problem, body);
  }
  return undefined;
}
