// A failure on screen: what happened, what was kept, what to do, and the number that finds it in the log.
import { address } from "../core/api.js";
import { number } from "../core/formats.js";
import { Problem } from "../core/problem.js";
import session from "../core/session.js";
import { link } from "../core/router.js";
import { html, icon, nothing } from "./view.js";

/** @type {Record<number, string>} */
const ADVICE = {
  0: "Vérifiez la connexion, puis réessayez.",
  401: "Ouvrez une session avec une clé valable.",
  403: "Votre clé n’a pas ce droit : demandez-le à la fédération.",
  404: "La fiche n’existe pas, ou elle est hors de votre périmètre.",
  409: "L’état de la fiche ne le permet pas : relisez-la.",
  429: "Trop de demandes en peu de temps : attendez un instant.",
  500: "L’erreur est de notre fait. Donnez le numéro ci-dessous à l’assistance.",
  503: "Le service est momentanément indisponible : réessayez dans un instant.",
};

/** @param {any} problem */
function faults(problem) {
  if (!problem.errors?.length) return nothing;
  return html`<ul>
    ${problem.errors
      .slice(0, 50)
      .map(
        (/** @type {Row} */ fault) =>
          html`<li>
            ${fault.pointer || fault.parameter
              ? html`<code>${fault.pointer || fault.parameter}</code> : `
              : nothing}${fault.detail}
          </li>`,
      )}
  </ul>`;
}

/** A fault of the client itself, in the words of a visitor; what it was stands in the console.
 * @param {unknown} fault */
function ownFault(fault) {
  console.error(fault);
  return new Problem({
    title: "Cet écran n’a pas pu s’afficher",
    detail: "La réponse du service n’est pas celle que l’écran attend. Rechargez la page.",
  });
}

/** @param {unknown} thrown
 * @param {() => void} [again] what to do to try once more */
export function showProblem(thrown, again) {
  const error = thrown instanceof Problem ? thrown : ownFault(thrown);
  const advice = error.status || error.offline ? (ADVICE[error.status] ?? "") : "";
  const signIn = [401, 403].includes(error.status) && !session.signedIn;
  return html`<div class="problem" role="alert" data-code=${error.code}>
    <p class="problem-title">${icon("warn")} <strong>${error.title || "Refusé"}</strong></p>
    ${error.detail && error.detail !== error.title ? html`<p>${error.detail}</p>` : nothing} ${faults(error)}
    ${advice ? html`<p>${advice}</p>` : nothing}
    ${error.retry_after ? html`<p>Attente conseillée : ${number(error.retry_after)} s.</p>` : nothing}
    <p class="actions">
      ${again ? html`<button type="button" @click=${again}>Réessayer</button>` : nothing}
      ${signIn ? html`<a class="button" href=${link(["session"])}>Ouvrir une session</a>` : nothing}
      ${error.type?.includes("/v1/problems/")
        ? html`<a href=${address(new URL(error.type).pathname)} target="_blank" rel="noopener">Cause et remède</a>`
        : nothing}
    </p>
    ${error.request_id ? html`<p class="small">Numéro de la demande : <code>${error.request_id}</code></p>` : nothing}
  </div>`;
}
