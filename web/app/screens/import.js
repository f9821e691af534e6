// The import wizard: a file or pasted cells, the columns, a dry run that names each faulty cell, then the good rows in
// and the bad ones back as a file. Made from the row schema of the import's own operation.
import { call, newKey } from "../core/api.js";
import contract from "../core/contract.js";
import { parseCsv, readText, separatorOf } from "../core/files.js";
import { fold, number, plural, today } from "../core/formats.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { forget } from "../core/store.js";
import { Problem } from "../core/problem.js";
import { read } from "../ui/fields.js";
import { showProblem } from "../ui/problem.js";
import { csv } from "../ui/table.js";
import { plain } from "../ui/value.js";
import { heading, html, icon, mount, nothing, save } from "../ui/view.js";

const MOST_ROWS = 5000,
  SHOWN = 100;
const STEPS = ["Fichier", "Colonnes", "Essai", "Résultat"];

const rowSchema = (operation) => {
  const body = contract.resolve(operation.requestBody.content["application/json"].schema);
  return contract.resolve(body.items);
};

/** Which field a heading means: its name or its title, without accents and marks. */
export function guess(heading_, fields) {
  const key = (text) => fold(text).replace(/[^a-z0-9]/g, "");
  return fields.find((field) => key(field.name) === key(heading_) || key(field.title) === key(heading_))?.name ?? "";
}

class Wizard {
  constructor(place, operation) {
    Object.assign(this, {
      place,
      operation,
      step: 0,
      rows: [],
      heads: [],
      mapping: [],
      report: null,
      problem: null,
      busy: false,
      onlyFaults: false,
      key: newKey(),
    });
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
      const raw = {};
      this.mapping.forEach((name, at) => {
        if (name && cells[at].trim() !== "") raw[name] = this.codeOf(name, cells[at].trim());
      });
      const body = read({ ...this.schema, required: [] }, raw, "", []);
      for (const [name, text] of Object.entries(raw)) if (body[name] === undefined) body[name] = text;
      return body;
    });
  }

  // French titles of codes are understood as well as the codes.
  codeOf(name, text) {
    const field = this.fields.find((one) => one.name === name);
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
      if (problem.status === 422 && problem.errors?.length) {
        this.report = fromProblem(problem, this.rows.length);
        this.step = 2;
      } else this.problem = problem;
    }
    this.busy = false;
    this.draw();
  }

  faultsOf(index) {
    return this.report?.rows.find((row) => row.row === index + 1 && row.errors?.length)?.errors ?? [];
  }

  rejects() {
    const faulty = this.rows.map((cells, index) => [cells, this.faultsOf(index)]).filter(([, faults]) => faults.length);
    save(
      `refus-${today()}.csv`,
      csv(
        [...this.heads, "_erreurs"],
        faulty.map(([cells, faults]) => [...cells, faults.map((fault) => fault.detail ?? fault.code).join(" ")]),
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

function template(wizard) {
  const names = wizard.fields.map((field) => field.name);
  const example = wizard.schema.examples?.[0] ?? {};
  return csv(names, [names.map((name) => example[name] ?? "")]);
}

const fileStep = (wizard) =>
  html`<section class="card">
    <h2>Choisir un fichier ou coller des cellules</h2>
    <p>${wizard.operation.description?.split("\n")[0] ?? ""}</p>
    <p>
      <button type="button" @click=${() => save("modele.csv", template(wizard), "text/csv;charset=utf-8")}>
        ${icon("download")} Modèle avec toutes les colonnes
      </button>
    </p>
    <div class="field">
      <label for="import-file">Fichier CSV</label
      ><input
        id="import-file"
        type="file"
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        @change=${(event) => event.target.files[0] && wizard.file(event.target.files[0])}
      />
      <p class="hint">Virgule, point-virgule ou tabulation ; UTF-8 ou Windows-1252 ; 5 000 lignes et 8 Mio au plus.</p>
    </div>
    <div class="field">
      <label for="import-paste">Ou cellules copiées d’un tableur</label
      ><textarea id="import-paste" rows="5" spellcheck="false"></textarea>
    </div>
    <p class="actions">
      <button
        type="button"
        class="main"
        @click=${() => wizard.take(wizard.place.querySelector("#import-paste").value, "texte collé")}
      >
        Lire les cellules collées
      </button>
    </p>
  </section>`;

function columnStep(wizard) {
  const missing = ["siret", "kind", "name"]
    .filter((name) => wizard.fields.some((field) => field.name === name) && !wizard.mapping.includes(name))
    .map((name) => wizard.fields.find((field) => field.name === name).title);
  const choose = (at, name) => {
    wizard.mapping[at] = name;
    wizard.draw();
  };
  return html`<section class="card">
    <h2>Quelle colonne est quoi</h2>
    <p>${wizard.note}</p>
    ${missing.length
      ? html`<p class="note warn">
          Sans colonne : ${missing.join(", ")}. Une nouvelle fiche en a besoin ; une fiche connue, non.
        </p>`
      : nothing}
    <div class="scroll" tabindex="0" role="region" aria-label="Colonnes">
      <table>
        <caption class="sr">
          Colonnes du fichier
        </caption>
        <thead>
          <tr>
            <th scope="col">Colonne du fichier</th>
            <th scope="col">Première valeur</th>
            <th scope="col">Champ</th>
          </tr>
        </thead>
        <tbody>
          ${wizard.heads.map(
            (head, at) =>
              html`<tr>
                <th scope="row" id="head-${at}">${head || "(sans titre)"}</th>
                <td>${wizard.rows[0][at]}</td>
                <td>
                  <select aria-labelledby="head-${at}" @change=${(event) => choose(at, event.target.value)}>
                    <option value="">Ne pas importer</option>
                    ${wizard.fields.map(
                      (field) =>
                        html`<option value=${field.name} ?selected=${wizard.mapping[at] === field.name}>
                          ${field.title}
                        </option>`,
                    )}
                  </select>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${optionChoices(wizard)}
    <p class="actions">
      <button
        type="button"
        class="main"
        ?disabled=${wizard.busy || !wizard.mapping.some(Boolean)}
        @click=${() => wizard.send(true)}
      >
        ${wizard.busy ? "Essai en cours…" : "Essayer sans enregistrer"}
      </button>
      <button
        type="button"
        @click=${() => {
          wizard.step = 0;
          wizard.draw();
        }}
      >
        Autre fichier
      </button>
    </p>
  </section>`;
}

const optionChoices = (wizard) =>
  html`<div class="fields">
    ${contract
      .parameters(wizard.operation)
      .filter((parameter) => parameter.name in wizard.options)
      .map(
        (parameter) =>
          html`<div class="field">
            <label for="option-${parameter.name}">${parameter.schema.title}</label>
            <select
              id="option-${parameter.name}"
              @change=${(event) => {
                wizard.options[parameter.name] = event.target.value;
              }}
            >
              ${contract
                .choices(parameter.schema)
                .map(
                  (choice) =>
                    html`<option value=${choice.value} ?selected=${choice.value === wizard.options[parameter.name]}>
                      ${choice.title}
                    </option>`,
                )}
            </select>
          </div>`,
      )}
  </div>`;

function summaryTiles(wizard) {
  const schema = contract.resolve(contract.resolve(contract.answer(wizard.operation)).properties.summary);
  return html`<ul class="tiles">
    ${contract
      .fields(schema)
      .filter((field) => wizard.report.summary[field.name] !== undefined)
      .map(
        (field) =>
          html`<li class="tile">
            <p>${field.title}</p>
            <p class="big">${plain(field, wizard.report.summary[field.name]) || "0"}</p>
          </li>`,
      )}
  </ul>`;
}

function preview(wizard) {
  const shown = wizard.rows
    .map((cells, index) => ({ cells, index, faults: wizard.faultsOf(index) }))
    .filter((row) => !wizard.onlyFaults || row.faults.length)
    .slice(0, SHOWN);
  const fix = (row, at, text) => {
    wizard.rows[row][at] = text;
  };
  return html`<div class="scroll preview" tabindex="0" role="region" aria-label="Lignes">
    <table>
      <caption class="sr">
        Lignes du fichier et leurs fautes
      </caption>
      <thead>
        <tr>
          <th scope="col">Ligne</th>
          ${wizard.heads.map((head) => html`<th scope="col">${head}</th>`)}
          <th scope="col">Fautes</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ({ cells, index, faults }) =>
            html`<tr>
              <th scope="row">${index + 1}</th>
              ${cells.map((cell, at) => {
                const fault = faults.find((one) => one.pointer === `/${wizard.mapping[at]}`);
                return fault
                  ? html`<td class="wrong">
                      <input
                        aria-label="${wizard.heads[at]}, ligne ${index + 1}"
                        .value=${cell}
                        @change=${(event) => fix(index, at, event.target.value)}
                      />
                    </td>`
                  : html`<td>${cell}</td>`;
              })}
              <td>${faults.map((fault) => html`<span class="fault">${fault.detail ?? fault.code}</span> `)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function tryStep(wizard) {
  const failed = wizard.report.summary.failed ?? 0,
    good = wizard.rows.length - failed;
  return html`<section class="card">
    <h2>Essai : rien n’est encore enregistré</h2>
    ${summaryTiles(wizard)}
    ${failed
      ? html`<p class="note warn">
          ${plural(failed, "ligne")} à corriger. Corrigez les cellules ici et essayez de nouveau, ou importez les autres
          : les refusées vous reviennent dans un fichier.
        </p>`
      : html`<p class="note ok">Toutes les lignes sont bonnes.</p>`}
    <label class="check"
      ><input
        type="checkbox"
        .checked=${wizard.onlyFaults}
        @change=${(event) => {
          wizard.onlyFaults = event.target.checked;
          wizard.draw();
        }}
      />
      Seulement les lignes à corriger</label
    >
    ${preview(wizard)}
    <p class="actions">
      <button
        type="button"
        class="main"
        ?disabled=${wizard.busy || good === 0 || wizard.report.refused}
        @click=${() => wizard.send(false)}
      >
        ${wizard.busy ? "En cours…" : `Importer ${plural(good, "ligne")}`}
      </button>
      <button type="button" ?disabled=${wizard.busy} @click=${() => wizard.send(true)}>Essayer de nouveau</button>
      ${failed
        ? html`<button type="button" @click=${() => wizard.rejects()}>${icon("download")} Lignes refusées</button>`
        : nothing}
      <button
        type="button"
        @click=${() => {
          wizard.step = 1;
          wizard.draw();
        }}
      >
        Revenir aux colonnes
      </button>
    </p>
  </section>`;
}

const resultStep = (wizard) =>
  html`<section class="card">
    <h2>C’est importé</h2>
    ${summaryTiles(wizard)}
    ${wizard.report.summary.failed
      ? html`<p class="note warn">
            ${plural(wizard.report.summary.failed, "ligne refusée", "lignes refusées")}.
            <button type="button" @click=${() => wizard.rejects()}>
              ${icon("download")} Les télécharger avec leurs raisons
            </button>
          </p>
          ${preview(wizard)}`
      : nothing}
    <p class="actions">
      <a class="button main" href=${link(["structures"], { sort: "-updated_at" })}>Voir les fiches</a>
      <button
        type="button"
        @click=${() => {
          Object.assign(wizard, { step: 0, report: null, rows: [] });
          wizard.draw();
        }}
      >
        Autre fichier
      </button>
    </p>
  </section>`;

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
