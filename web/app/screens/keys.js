// Keys: how one is made, and how one is taken back at once. A key has no sheet of its own.
import { call, newKey } from "../core/api.js";
import contract from "../core/contract.js";
import { forget } from "../core/store.js";
import session from "../core/session.js";
import { showProblem } from "../ui/problem.js";
import { entered, html, mount, nothing, toast } from "../ui/view.js";

const operation = () => contract.operation("revokeApiKey");

/** @param {FormEvent} event
 * @param {Row[]} keys
 * @param {HTMLElement} place */
function ask(event, keys, place) {
  event.preventDefault();
  const id = entered(event.target, "key");
  const key = keys.find((one) => one.id === id);
  if (!key) return;
  const once = newKey();
  const revoke = async () => {
    try {
      await call(operation(), { path: { id }, key: once });
      forget();
      toast(`La clé « ${key.label} » est révoquée.`);
      dispatchEvent(new HashChangeEvent("hashchange"));
    } catch (problem) {
      mount(place, showProblem(problem, revoke));
    }
  };
  mount(
    place,
    html`<div class="note warn" role="alert">
      <p>Révoquer « ${key.label} » ? Ses programmes seront refusés à leur prochaine requête.</p>
      <p class="actions">
        <button type="button" class="main" @click=${revoke}>Révoquer</button>
        <button type="button" @click=${() => mount(place, nothing)}>Garder la clé</button>
      </p>
    </div>`,
  );
}

function revocation() {
  const place = document.createElement("div");
  const answer = document.createElement("div");
  answer.setAttribute("aria-live", "polite");
  call(contract.operation("listApiKeys"), { query: { limit: 500, fields: "id,label,revoked_at" } }).then(
    ({ data }) => {
      const keys = data.data.filter((/** @type {Row} */ one) => !one.revoked_at && one.id !== session.token?.key_id);
      if (!keys.length) return;
      mount(
        place,
        html`<form class="filters" @submit=${(/** @type {FormEvent} */ event) => ask(event, keys, answer)}>
            <div class="filter">
              <label for="revoked-key">${operation()?.summary}</label>
              <select id="revoked-key" name="key">
                <option value="">Choisir…</option>
                ${keys.map((/** @type {Row} */ one) => html`<option value=${one.id}>${one.label}</option>`)}
              </select>
            </div>
            <button>Révoquer…</button>
          </form>
          ${answer}`,
      );
    },
    () => undefined,
  );
  return place;
}

export const list = () => ({
  intro: html`<div class="card">
    <p>
      Une clé ouvre l’API à un programme, avec les droits et le territoire que l’on lui donne. Elle se crée en ligne de
      commande, sur le serveur : <code>maillage key create</code> en dit les options, et montre son texte une seule
      fois. Ensuite, une ligne curl de la <a href="#/reference">référence</a> suffit pour l’essayer.
    </p>
    ${session.may(operation()) ? revocation() : nothing}
  </div>`,
});
