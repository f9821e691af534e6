// One search over every list that has a word to search by; exactly one hit opens by itself.
import { call } from "../core/api.js";
import { slugged } from "../core/areas.js";
import contract from "../core/contract.js";
import { fold, plural } from "../core/formats.js";
import { titleOfList } from "../core/lists.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { titleOf } from "../ui/sheet.js";
import { busy, empty, heading, html, mount, nothing } from "../ui/view.js";

const MOST = 6;
/** @type {[string, string[], string][]} */
const ACTIONS = [
  ["Ajouter une structure", ["structures", "nouveau"], "createMember"],
  ["Ajouter une session de formation", ["sessions", "nouveau"], "createTrainingSession"],
  ["Importer un fichier", ["import"], "importMembers"],
  ["Calculer un PASS", ["calculateur"], "calculatePass"],
  ["Vérifier un SIRET", ["verifier"], "checkIdentifier"],
  ["Créer une clé", ["cles"], "listApiKeys"],
];

const searched = () =>
  contract.operations.filter(
    (operation) =>
      operation.method === "GET" &&
      !operation.path.includes("{") &&
      contract.row(operation) &&
      session.may(operation) &&
      contract.parameters(operation).some((parameter) => parameter.name === "q") &&
      contract.collection(operation.path).read,
  );

/** @param {Operation} operation
 * @param {string} q */
async function hits(operation, q) {
  try {
    const { data } = await call(operation, { query: { q, limit: MOST }, prefer: "count=exact" });
    return { operation, rows: data.data, total: data.page.total ?? data.data.length };
  } catch {
    return { operation, rows: [], total: 0 };
  }
}

// Lists without a search of their own are short: their names are compared here.
/** @param {string} q */
async function delegations(q) {
  if (!contract.has("listDelegations") || searched().some((operation) => operation.operationId === "listDelegations"))
    return null;
  const { data } = await call(contract.operation("listDelegations"), { query: { limit: 100 } });
  const rows = data.data.filter((/** @type {Row} */ row) => fold(row.name).includes(fold(q)));
  return {
    operation: /** @type {Operation} */ (contract.operation("listDelegations")),
    rows: rows.slice(0, MOST),
    total: rows.length,
  };
}

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Recherche");
  const draw = async () => {
    const q = (parse().query.q ?? "").slice(0, 100);
    mount(
      place,
      html`<h1>Recherche : ${q}</h1>
        ${busy()}`,
    );
    const found = await Promise.all([...searched().map((operation) => hits(operation, q)), delegations(q)]);
    const groups = found.flatMap((group) => (group?.rows.length ? group : []));
    const actions = ACTIONS.filter(
      ([title, , id]) => contract.has(id) && session.may(contract.operation(id)) && fold(title).includes(fold(q)),
    );
    const only = groups.length === 1 && groups[0].total === 1 && !actions.length ? groups[0] : null;
    if (only) {
      location.replace(slugged(`${only.operation.path}/${only.rows[0].id}`));
      return;
    }
    mount(
      place,
      html`<h1>Recherche : ${q}</h1>
        ${actions.length
          ? html`<section class="card">
              <h2>Faire</h2>
              <ul class="due">
                ${actions.map(([title, segments]) => html`<li><a href=${link(segments)}>${title}</a></li>`)}
              </ul>
            </section>`
          : nothing}
        ${groups.map(
          ({ operation, rows, total }) =>
            html`<section class="card">
              <h2>${titleOfList(operation)}</h2>
              <ul class="due">
                ${rows.map(
                  (/** @type {Row} */ row) =>
                    html`<li>
                      <span class="what"
                        ><a class="row-link" href=${slugged(`${operation.path}/${row.id}`)}>${titleOf(row)}</a></span
                      ><span class="small"
                        >${[row.kind, row.commune_name, row.department_code].filter(Boolean).join(" · ")}</span
                      >
                    </li>`,
                )}
              </ul>
              ${total > rows.length
                ? html`<p><a href=${slugged(operation.path, { q })}>${plural(total, "résultat")}</a></p>`
                : nothing}
            </section>`,
        )}
        ${!groups.length && !actions.length
          ? empty(
              "Rien trouvé",
              session.signedIn
                ? "Essayez une partie du nom, la commune ou le SIRET. Seul votre périmètre est cherché."
                : "Sans session, seule la partie publique est cherchée.",
              session.signedIn
                ? nothing
                : html`<a class="button main" href=${link(["session"])}>Ouvrir une session</a>`,
            )
          : nothing}`,
    );
  };
  await draw();
  return { follow: draw };
}
