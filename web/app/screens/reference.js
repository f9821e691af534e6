// The reference of the API, from the contract that is served: French, searchable, printable, a curl line for each.
import contract from "../core/contract.js";
import config from "../core/config.js";
import { fold, plural } from "../core/formats.js";
import { badge, heading, html, icon, mount, nothing, toast } from "../ui/view.js";

const origin = () => config.apiBase || location.origin;

/** @param {Operation} operation */
function curl(operation) {
  const parameters = contract.parameters(operation).filter((parameter) => parameter.required || parameter.example);
  const query = parameters
    .map(
      (parameter) =>
        `${encodeURIComponent(parameter.name)}=${encodeURIComponent(parameter.schema.examples?.[0] ?? contract.choices(parameter.schema)[0]?.value ?? "")}`,
    )
    .join("&");
  const lines = [`curl "${origin()}${operation.path}${query ? `?${query}` : ""}"`];
  if ((operation.security ?? contract.document.security ?? []).length)
    lines.push('-H "Authorization: Bearer $MAILLAGE_KEY"');
  if (operation.method !== "GET") lines[0] = lines[0].replace("curl", `curl -X ${operation.method}`);
  const headers = contract.parameters(operation, "header").map((one) => one.name);
  if (headers.includes("Idempotency-Key")) lines.push('-H "Idempotency-Key: $(uuidgen)"');
  if (headers.includes("If-Match")) lines.push("-H 'If-Match: \"VERSION\"'");
  const body = contract.body(operation);
  if (body)
    lines.push(
      '-H "Content-Type: application/json"',
      `-d '${JSON.stringify(body.examples?.[0] ?? {}).replaceAll("'", "'\\''")}'`,
    );
  return lines.join(" \\\n  ");
}

const scopes = (/** @type {Operation} */ operation) =>
  (operation.security ?? contract.document.security ?? []).flatMap((/** @type {Row} */ way) =>
    Object.values(way).flat(),
  );

/** @param {Schema} schema */
function typeOf(schema) {
  const resolved = contract.resolve(schema);
  if (resolved.enum)
    return contract
      .choices(resolved)
      .map((choice) => choice.value)
      .join(", ");
  if (resolved.type === "array")
    return `liste de ${contract.resolve(resolved.items).title?.toLowerCase() ?? "valeurs"}`;
  return [
    [resolved.type]
      .flat()
      .filter((type) => type !== "null")
      .join(" ou "),
    resolved.format,
  ]
    .filter(Boolean)
    .join(", ");
}

const named = (/** @type {string} */ title, /** @type {Row[]} */ rows) =>
  rows.length
    ? html`<h4>${title}</h4>
        <div class="scroll" tabindex="0" role="region" aria-label=${title}>
          <table>
            <caption class="sr">
              ${title}
            </caption>
            <thead>
              <tr>
                <th scope="col">Nom</th>
                <th scope="col">Titre</th>
                <th scope="col">Type ou valeurs</th>
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                (/** @type {Row} */ row) =>
                  html`<tr>
                    <th scope="row"><code>${row.name}</code>${row.required ? " *" : ""}</th>
                    <td>
                      ${row.title}${row.description
                        ? html`<br /><span class="small">${row.description}</span>`
                        : nothing}
                    </td>
                    <td class="small">${row.type}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`
    : nothing;

/** @param {Operation} operation */
function detail(operation) {
  const parameters = ["path", "query"]
    .flatMap((place) => contract.parameters(operation, place))
    .map((one) => ({
      name: one.name,
      required: one.required,
      title: one.schema.title,
      description: one.description,
      type: typeOf(one.schema),
    }));
  const rows = (/** @type {Schema | null} */ schema) =>
    contract.fields(schema).map((field) => ({
      name: field.name,
      required: field.required,
      title: field.title,
      description: field.description,
      type: typeOf(field.schema),
    }));
  const answer = contract.row(operation) ?? contract.answer(operation);
  const line = curl(operation);
  return html`<p>${operation.description ?? ""}</p>
    <p class="small">
      ${scopes(operation).length
        ? `Droit : ${scopes(operation).join(", ")}.`
        : (operation.security ?? []).length
          ? "Toute clé."
          : "Sans clé."}
      Réponses : ${Object.keys(operation.responses ?? {}).join(", ")}.
    </p>
    <pre tabindex="0" aria-label="Ligne curl"><code>${line}</code></pre>
    <p>
      <button
        type="button"
        class="quiet"
        @click=${() => navigator.clipboard?.writeText(line).then(() => toast("Ligne copiée."))}
      >
        ${icon("link")} Copier
      </button>
    </p>
    ${named("Paramètres", parameters)}${named("Corps envoyé", rows(contract.body(operation)))}${named(
      contract.row(operation) ? "Chaque ligne de la réponse" : "Réponse",
      rows(answer),
    )}`;
}

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Référence de l’API");
  /** @type {string[]} */
  let words = [];
  const opened = new Set();
  const matches = (/** @type {Operation} */ operation) =>
    words.every((word) =>
      fold(`${operation.method} ${operation.path} ${operation.operationId} ${operation.summary}`).includes(word),
    );
  const draw = () => {
    const shown = contract.operations.filter(matches);
    mount(
      place,
      html`<div class="top">
          <h1>Référence de l’API</h1>
          <p class="seen">Contrat ${contract.document.info?.version}</p>
        </div>
        <p class="lead">
          Tirée du contrat au moment où vous lisez. Une clé s’envoie dans l’en-tête <code>Authorization</code>, jamais
          dans l’adresse.
        </p>
        <div class="filters">
          <div class="filter">
            <label for="reference-search">Chercher une opération</label
            ><input
              id="reference-search"
              type="search"
              autocomplete="off"
              @input=${(/** @type {ControlEvent} */ event) => {
                words = fold(event.target.value).split(/\s+/).filter(Boolean);
                draw();
              }}
            />
          </div>
        </div>
        <p class="total" role="status">${plural(shown.length, "opération")}</p>
        ${(contract.document.tags ?? []).map((tag) => {
          const own = shown.filter((operation) => operation.tags?.includes(tag.name));
          return own.length
            ? html`<section>
                <h2>${contract.tagTitle(tag.name)}</h2>
                <p class="small">${tag.description}</p>
                ${own.map(
                  (operation) =>
                    html`<details
                      class="operation"
                      @toggle=${(/** @type {ToggleEvent & { target: HTMLDetailsElement }} */ event) => {
                        if (event.target.open && !opened.has(operation.operationId)) {
                          opened.add(operation.operationId);
                          draw();
                        }
                      }}
                    >
                      <summary>
                        <span class="method">${operation.method}</span>
                        <code>${operation.path}</code> ${operation.summary}
                        ${operation.deprecated ? badge("déconseillée", "warn") : nothing}
                      </summary>
                      ${opened.has(operation.operationId) ? detail(operation) : nothing}
                    </details>`,
                )}
              </section>`
            : nothing;
        })}`,
    );
  };
  draw();
}
