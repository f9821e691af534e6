// The four steps of the import wizard on screen; what they do is in screens/import.js.
import contract, { named } from "../core/contract.js";
import { plural } from "../core/formats.js";
import { link } from "../core/router.js";
import { csv } from "./table.js";
import { plain } from "./value.js";
import { html, icon, nothing, save, within } from "./view.js";

/** @typedef {import("../screens/import.js").Wizard} Wizard */

const SHOWN = 100;

/** @param {Wizard} wizard */
function template(wizard) {
  const names = wizard.fields.map((field) => field.name);
  const example = /** @type {Row} */ (wizard.schema.examples?.[0] ?? {});
  return csv(names, [names.map((name) => example[name] ?? "")]);
}

export const fileStep = (/** @type {Wizard} */ wizard) =>
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
        @change=${(/** @type {ControlEvent} */ event) => event.target.files?.[0] && wizard.file(event.target.files[0])}
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
        @click=${() =>
          wizard.take(/** @type {HTMLTextAreaElement} */ (within(wizard.place, "#import-paste")).value, "texte collé")}
      >
        Lire les cellules collées
      </button>
    </p>
  </section>`;

/** @param {Wizard} wizard */
export function columnStep(wizard) {
  const missing = ["siret", "kind", "name"]
    .filter((name) => wizard.fields.some((field) => field.name === name) && !wizard.mapping.includes(name))
    .map((name) => named(wizard.fields, name).title);
  const choose = (/** @type {number} */ at, /** @type {string} */ name) => {
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
                  <select
                    aria-labelledby="head-${at}"
                    @change=${(/** @type {ControlEvent} */ event) => choose(at, event.target.value)}
                  >
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

const optionChoices = (/** @type {Wizard} */ wizard) =>
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
              @change=${(/** @type {ControlEvent} */ event) => {
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

/** @param {Wizard} wizard */
function summaryTiles(wizard) {
  const schema = contract.resolve(contract.resolve(contract.answer(wizard.operation)).properties?.summary);
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

/** @param {Wizard} wizard */
function preview(wizard) {
  const shown = wizard.rows
    .map((cells, index) => ({
      cells,
      index,
      faults: wizard.faultsOf(index),
    }))
    .filter((row) => !wizard.onlyFaults || row.faults.length)
    .slice(0, SHOWN);
  const fix = (/** @type {number} */ row, /** @type {number} */ at, /** @type {string} */ text) => {
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
                const fault = faults.find((/** @type {Row} */ one) => one.pointer === `/${wizard.mapping[at]}`);
                return fault
                  ? html`<td class="wrong">
                      <input
                        type="text"
                        aria-label="${wizard.heads[at]}, ligne ${index + 1}"
                        .value=${cell}
                        @change=${(/** @type {ControlEvent} */ event) => fix(index, at, event.target.value)}
                      />
                    </td>`
                  : html`<td>${cell}</td>`;
              })}
              <td>
                ${faults.map(
                  (/** @type {Row} */ fault) => html`<span class="fault">${fault.detail ?? fault.code}</span> `,
                )}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @param {Wizard} wizard */
export function tryStep(wizard) {
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
        @change=${(/** @type {ControlEvent} */ event) => {
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

export const resultStep = (/** @type {Wizard} */ wizard) =>
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
