// Data: what goes in and out. Every way is found in the contract, so that a new export or import shows up by itself.
import contract from "../core/contract.js";
import { address, call } from "../core/api.js";
import { slugged } from "../core/areas.js";
import { titleOfList } from "../core/lists.js";
import { link } from "../core/router.js";
import session from "../core/session.js";
import { today } from "../core/formats.js";
import { showProblem } from "../ui/problem.js";
import { heading, html, icon, mount, nothing, render, save, toast, within } from "../ui/view.js";

/** @type {Record<string, string>} */
const EXTENSION = {
  "text/csv": "csv",
  "application/x-ndjson": "ndjson",
  "application/json": "json",
  "text/calendar": "ics",
};
/** @type {Record<string, string>} */
const TITLES = {
  "text/csv": "CSV",
  "application/x-ndjson": "NDJSON",
  "application/json": "JSON",
  "text/calendar": "iCalendar",
};

const formats = (/** @type {Operation} */ operation) => Object.keys(contract.contents(operation.responses?.["200"]));
const exportsOf = () =>
  contract.operations.filter(
    (operation) =>
      operation.method === "GET" &&
      !operation.path.includes("{") &&
      formats(operation).includes("text/csv") &&
      session.may(operation),
  );
const importsOf = () =>
  contract.operations.filter(
    (operation) => operation.method === "POST" && operation.path.endsWith("/imports") && session.may(operation),
  );

/** @param {Operation} operation
 * @param {string} format
 * @param {any} failure */
async function download(operation, format, failure) {
  try {
    const dialect =
      format === "text/csv" && contract.parameters(operation).some((parameter) => parameter.name === "csv")
        ? { csv: "excel-fr" }
        : {};
    const { data } = await call(operation, { accept: format, query: dialect, long: true });
    save(
      `${operation.path.split("/").at(-1)}-${today()}.${EXTENSION[format]}`,
      typeof data === "string" ? data : JSON.stringify(data, null, 2),
      format,
    );
    toast("Le fichier est prêt.");
  } catch (problem) {
    render(showProblem(problem), failure);
  }
}

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Données");
  const failure = () => within(place, ".failure");
  const imports = importsOf();
  const lists = [
    ["listApiKeys", "Clés de l’API"],
    ["listCalendarLinks", "Liens d’agenda"],
    ["listWebhookEndpoints", "Points d’appel"],
    ["listAccessLog", "Journal des accès"],
    ["listUsers", "Personnes et rôles"],
    ["listAccounts", "Personnes et rôles"],
  ].filter(([id]) => contract.has(id) && session.may(contract.operation(id)));
  mount(
    place,
    html`<div class="top">
        <h1>Données</h1>
        <p class="seen">${session.territory}</p>
      </div>
      <div class="failure" aria-live="polite"></div>
      <div class="columns">
        <section class="card">
          <h2>Télécharger</h2>
          <ul class="due">
            ${exportsOf().map(
              (operation) =>
                html`<li>
                  <span class="what"
                    ><strong>${titleOfList(operation)}</strong><br /><span class="small"
                      >${(operation.description ?? "").split("\n\n")[0].replaceAll("`", "")}</span
                    ></span
                  >
                  <span class="tools"
                    >${formats(operation).map(
                      (format) =>
                        html`<button type="button" @click=${() => download(operation, format, failure())}>
                          ${icon("download")} ${TITLES[format] ?? format}<span class="sr">
                            : ${titleOfList(operation)}</span
                          >
                        </button>`,
                    )}</span
                  >
                </li>`,
            )}
          </ul>
        </section>
        <div>
          <section class="card">
            <h2>Importer</h2>
            ${imports.length
              ? html`<ul class="due">
                  ${imports.map(
                    (operation) =>
                      html`<li>
                        <a href=${link(["import"], { operation: operation.operationId })}>${operation.summary}</a>
                      </li>`,
                  )}
                </ul>`
              : html`<p>
                  ${session.signedIn ? "Votre clé n’a pas le droit d’importer." : "Un import demande une session."}
                </p>`}
          </section>
          <section class="card">
            <h2>Brancher un programme</h2>
            <ul class="due">
              <li><a href=${link(["reference"])}>Référence de l’API, avec une ligne curl par opération</a></li>
              <li><a href=${address("/v1/openapi.json")}>Contrat OpenAPI (JSON)</a></li>
              <li><a href=${address("/v1/openapi.yaml")}>Contrat OpenAPI (YAML)</a></li>
              <li><a href=${link(["verifier"])}>Vérifier un identifiant</a></li>
              ${lists.map(
                ([id, title]) => html`<li><a href=${slugged(contract.operation(id)?.path ?? "")}>${title}</a></li>`,
              )}
            </ul>
          </section>
          ${session.signedIn ? nothing : html`<p class="small">Certains téléchargements demandent une clé.</p>`}
        </div>
      </div>`,
  );
}
