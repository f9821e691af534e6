// The import wizard: a file or pasted cells, the columns, a dry run that names each faulty cell, then the good rows in
// and the bad ones back as a file. Made from the row schema of the import's own operation.
import { call, newKey } from "../core/api.js";
import contract, { named } from "../core/contract.js";
import { parseCsv, readText, separatorOf } from "../core/files.js";
import { fold, number, plural, today } from "../core/formats.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { forget } from "../core/store.js";
import { Problem } from "../core/problem.js";
import { read } from "../ui/fields.js";
import { columnStep, fileStep, resultStep, tryStep } from "../ui/import_steps.js";
import { showProblem } from "../ui/problem.js";
import { csv } from "../ui/table.js";
import { heading, html, icon, mount, nothing, save } from "../ui/view.js";

const MOST_ROWS = 5000;
const STEPS = ["Fichier", "Colonnes", "Essai", "Résultat"];

const rowSchema = (/** @type {Operation} */ operation) => {
  return contract.resolve(contract.body(operation)?.items);
};

/** Which field a heading means: its name or its title, without accents and marks.
 * @param {string} heading_
 * @param {Field[]} fields */
export function guess(heading_, fields) {
  const key = (/** @type {string} */ text) => fold(text).replace(/[^a-z0-9]/g, "");
  return fields.find((field) => key(field.name) === key(heading_) || key(field.title) === key(heading_))?.name ?? "";
}

export class Wizard {
  /** Which of the steps is on screen. */
  step = 0;
  /** Headings of the file, its rows, and the name of the field that each column is; "" for none. @type {string[]} */
  heads = [];
  /** @type {string[][]} */
  rows = [];
  /** @type {string[]} */
  mapping = [];
  /** What the service said of the last try. @type {any} */
  report = null;
  /** @type {unknown} */
  problem = null;
  busy = false;
  onlyFaults = false;
  key = newKey();

  /** @param {HTMLElement} place
   * @param {Operation} operation */
  constructor(place, operation) {
    this.place = place;
    this.operation = operation;
    this.schema = rowSchema(operation);
    this.fields = contract.fields(this.schema);
    this.options = Object.fromEntries(
      contract
        .parameters(operation)
        .filter((parameter) => ["on_conflict", "key"].includes(parameter.name))
        .map((parameter) => [parameter.name, parameter.schema.default]),
    );
    if ("on_conflict" in this.options) this.options.on_conflict = "merge";
  }

  /** @param {string} text
   * @param {string} note */
  take(text, note) {
    const separator = separatorOf(text);
    const table = parseCsv(text, separator);
    this.problem = null;
    if (table.length < 2)
      this.problem = new Problem({
        title: "Rien à importer",
        detail: "Il faut une ligne de titres et une ligne de données au moins.",
      });
    else if (table.length - 1 > MOST_ROWS)
      this.problem = new Problem({
        title: "Fichier trop long",
        detail: `${plural(table.length - 1, "ligne")} : il en faut ${number(MOST_ROWS)} au plus par envoi. Partagez le fichier.`,
      });
    else {
      this.heads = table[0];
      this.rows = table.slice(1).map((cells) => this.heads.map((_, at) => cells[at] ?? ""));
      this.mapping = this.heads.map((head) => (head.startsWith("_") ? "" : guess(head, this.fields)));
      this.note = `${plural(this.rows.length, "ligne")}, ${plural(this.heads.length, "colonne")}, ${note}, séparateur ${separator === "\t" ? "tabulation" : `« ${separator} »`}.`;
      this.step = 1;
    }
    this.draw();
  }

  /** @param {File} file */
  async file(file) {
    try {
      const { text, encoding } = await readText(file);
      this.take(text, encoding);
    } catch (error) {
      this.problem =
        error instanceof RangeError ? new Problem({ title: "Fichier refusé", detail: error.message }) : error;
      this.draw();
    }
  }

  // Cells become values the same tolerant way as typed text; what cannot be read is sent as it is and refused by name.
  body() {
    return this.rows.map((cells) => {
      /** @type {Row} */
      const raw = {};
      this.mapping.forEach((name, at) => {
        if (name && cells[at].trim() !== "") raw[name] = this.codeOf(name, cells[at].trim());
      });
      const body = read({ ...this.schema, required: [] }, raw, "", []) ?? {};
      for (const [name, text] of Object.entries(raw)) if (body[name] === undefined) body[name] = text;
      return body;
    });
  }

  // French titles of codes are understood as well as the codes.
  /** @param {string} name
   * @param {string} text */
  codeOf(name, text) {
    const field = named(this.fields, name);
    if (field.kind === "boolean")
      return ["oui", "vrai", "true", "1", "x"].includes(fold(text))
        ? true
        : ["non", "faux", "false", "0"].includes(fold(text))
          ? "false"
          : text;
    if (field.kind !== "enum") return text;
    return (
      contract
        .choices(field.schema)
        .find((choice) => fold(choice.title) === fold(text) || fold(choice.value) === fold(text))?.value ?? text
    );
  }

  /** @param {boolean} dry */
  async send(dry) {
    this.busy = true;
    this.problem = null;
    this.draw();
    try {
      const { data } = await call(this.operation, {
        body: this.body(),
        query: { ...this.options, mode: "per_row", ...(dry ? { dry_run: true } : {}) },
        key: dry ? newKey() : this.key,
        long: true,
      });
      this.report = data;
      this.step = dry ? 2 : 3;
      if (!dry) {
        forget();
        this.key = newKey();
      }
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 422 && problem.errors.length) {
        this.report = fromProblem(problem, this.rows.length);
        this.step = 2;
      } else this.problem = problem;
    }
    this.busy = false;
    this.draw();
  }

  /** @param {number} index */
  faultsOf(index) {
    return (
      this.report?.rows.find((/** @type {Row} */ row) => row.row === index + 1 && row.errors?.length)?.errors ?? []
    );
  }

  rejects() {
    const faulty = this.rows.map((cells, index) => [cells, this.faultsOf(index)]).filter(([, faults]) => faults.length);
    save(
      `refus-${today()}.csv`,
      csv(
        [...this.heads, "_erreurs"],
        faulty.map(([cells, faults]) => [
          ...cells,
          faults.map((/** @type {Row} */ fault) => fault.detail ?? fault.code).join(" "),
        ]),
      ),
      "text/csv;charset=utf-8",
    );
  }

  draw() {
    mount(
      this.place,
      html`<p class="crumb"><a href=${link(["donnees"])}>${icon("left")} Données</a></p>
        <h1>${this.operation.summary}</h1>
        <ol class="steps">
          ${STEPS.map((title, at) => html`<li aria-current=${at === this.step ? "step" : nothing}>${title}</li>`)}
        </ol>
        <div aria-live="polite">${this.problem ? showProblem(this.problem) : nothing}</div>
        ${[fileStep, columnStep, tryStep, resultStep][this.step](this)}`,
    );
  }
}

// A refused whole file, as a report of its rows.
/** @param {any} problem
 * @param {number} received */
function fromProblem(problem, received) {
  const rows = new Map();
  for (const fault of problem.errors) {
    const at = /^\/(\d+)(\/.*)?$/.exec(fault.pointer ?? "");
    const row = fault.row ?? (at ? Number(at[1]) + 1 : 1);
    rows.set(row, [...(rows.get(row) ?? []), { ...fault, pointer: at?.[2] ?? fault.pointer ?? "" }]);
  }
  return {
    summary: problem.summary ?? { received, failed: rows.size },
    refused: true,
    rows: [...rows].map(([row, errors]) => ({ row, errors })),
  };
}

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Import");
  const { query } = parse();
  const operation = contract.operation(query.operation ?? "importMembers");
  if (!operation?.path.endsWith("/imports") || !session.may(operation)) {
    mount(
      place,
      html`<h1>Import</h1>
        <div class="empty">
          <p><strong>Un import demande une clé qui en a le droit.</strong></p>
          <p><a class="button main" href=${link(["session"])}>Ouvrir une session</a></p>
        </div>`,
    );
    return;
  }
  new Wizard(place, operation).draw();
}
