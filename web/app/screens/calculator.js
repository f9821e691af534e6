// The public PASS calculator: no key, nothing kept, no name asked. What was typed is in the address, so that the link
// can be given on; the service computes, and every number of the answer names its rule.
import { call } from "../core/api.js";
import contract, { named } from "../core/contract.js";
import { date, longDate, number, plural, today } from "../core/formats.js";
import { OPENINGS } from "../core/openings.js";
import { link, parse, replace } from "../core/router.js";
import session from "../core/session.js";
import { Form } from "../ui/form.js";
import { Problem } from "../core/problem.js";
import { drawn, headline, milestones, options, others, rules } from "../ui/pass_parts.js";
import { passTabs } from "../ui/pass_tabs.js";
import { table } from "../ui/table.js";
import { timeline } from "../ui/timeline.js";
import { plain, show as value } from "../ui/value.js";
import { badge, heading, html, icon, mount, nothing, render, toast, within } from "../ui/view.js";

const ENTRIES = ["suspensions", "prolongations"];
// A link may be given on: it never carries the date of birth.
const PRIVATE = new Set(["birth_date"]);

/** {starts_on, suspensions: [{reason}]} to {starts_on, "suspensions.0.reason"}: every entry of the form, none of a person.
 * @param {any} value */
export function toQuery(value, path = "", /** @type {Query} */ query = {}) {
  for (const [name, entry] of Object.entries(value)) {
    if (PRIVATE.has(name)) continue;
    if (entry !== null && typeof entry === "object") toQuery(entry, `${path}${name}.`, query);
    else if (entry !== undefined && entry !== "") query[path + name] = String(entry);
  }
  return query;
}

/** The way back; names that the contract does not know are left out, and no list grows beyond its fifty.
 * @param {Query} query */
export function fromQuery(query) {
  const known = contract.body(contract.operation("calculatePass"))?.properties ?? {};
  /** @type {Row} */
  const made = {};
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

/** @param {Row} body */
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

/** @param {Row} body
 * @param {Row} answer */
function results(body, answer) {
  const fields = contract.fields(contract.answer(contract.operation("calculatePass")));
  return html`${headline(fields, answer)}${shareable(body)}${drawn(answer, body)}${milestones(fields, answer)}
    ${options(fields, answer)}${others(fields, answer)}${rules(fields, answer)}
    <p class="print-only">
      Calculé le ${longDate(today())} avec :
      ${Object.entries(body)
        .filter(([name]) => !ENTRIES.includes(name))
        .filter(([, text]) => typeof text === "string")
        .map(
          ([name, text]) =>
            `${named(contract.fields(contract.body(contract.operation("calculatePass"))), name).title} ${/^\d{4}-\d\d-\d\d$/.test(text) ? date(text) : text}`,
        )
        .join(", ")}.
      ${location.href}
    </p>
    <p class="small">
      Le calcul suit les règles publiées, datées ci-dessus ; la plateforme de l’inclusion et le prescripteur font foi.
    </p>`;
}

/** @param {HTMLElement} place
 * @param {Row} options */
export async function show(place, { query }) {
  heading(OPENINGS.calculateur.title);
  const operation = contract.operation("calculatePass");
  if (!operation)
    throw new Problem({ title: "Calculateur indisponible", detail: "Ce service n’offre pas le calcul du PASS IAE." });
  mount(
    place,
    html`${passTabs()}
      <h1>${OPENINGS.calculateur.title}</h1>
      <p class="lead no-print">${OPENINGS.calculateur.lead}</p>
      <div class="split">
        <div class="form-place no-print"></div>
        <div class="result-place" aria-live="polite" tabindex="-1"></div>
      </div>`,
  );
  const output = within(place, ".result-place");
  const form = new Form(within(place, ".form-place"), operation, {
    compute: true,
    submit: "Calculer",
    main: ["as_of", "starts_on", "siae_kind", ...ENTRIES],
    initial: { as_of: today(), ...fromQuery(query) },
    refused: () => render(nothing, output),
    done: ({ data }, _, body) => {
      render(results(body ?? {}, data), output);
      output.focus({ preventScroll: true });
      output.scrollIntoView({ block: "start" });
    },
  });
  if (query.starts_on) await compute(operation, form, output);
  return { follow: () => {} };
}

/** @param {Operation} operation
 * @param {Form} form
 * @param {HTMLElement} output */
async function compute(operation, form, output) {
  const { body, faults } = form.body();
  if (faults.length) return form.refuse(faults);
  try {
    const { data } = await call(operation, { body });
    render(results(body ?? {}, data), output);
  } catch (problem) {
    form.fail(problem, body);
  }
  return undefined;
}
