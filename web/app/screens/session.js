// Opening and closing a session. Where the service keeps sessions, an address with its password or a key opens one in a
// cookie that no script reads; elsewhere a key lives in the memory of this tab.
import { call } from "../core/api.js";
import config from "../core/config.js";
import contract from "../core/contract.js";
import { instant } from "../core/formats.js";
import { go, link } from "../core/router.js";
import { Problem } from "../core/problem.js";
import session from "../core/session.js";
import { choices, forget } from "../core/store.js";
import { plain } from "../ui/value.js";
import { showProblem } from "../ui/problem.js";
import { heading, html, icon, mount, note, nothing, render, within } from "../ui/view.js";

const keepsSessions = () => contract.has("signIn") && !config.apiBase;
const token = async () => (await call(contract.operation("getToken"))).data;

/** @param {Row} body */
async function withCookie(body) {
  await call(contract.operation("signIn"), { body });
  choices.keep("signed-in", true);
  return session.open(null, await token());
}

/** @param {string} key */
async function withKey(key) {
  session.key = key;
  try {
    session.open(key, await token());
  } catch (problem) {
    session.key = null;
    throw problem;
  }
}

/** @param {FormEvent} event
 * @param {any} failure */
async function open(event, failure) {
  event.preventDefault();
  const given = Object.fromEntries(
    [...new FormData(event.target)].map(([name, text]) => [
      name,
      name === "password" ? String(text) : String(text).trim(),
    ]),
  );
  if (Object.values(given).some((text) => !text)) return;
  const button = /** @type {HTMLButtonElement} */ (event.target.querySelector("button"));
  button.disabled = true;
  try {
    forget();
    await (keepsSessions() ? withCookie(given) : withKey(given.key));
    go(session.left ?? link([]));
    session.left = null;
  } catch (problem) {
    render(showProblem(problem), failure);
    failure.querySelector(".problem")?.scrollIntoView({ block: "nearest" });
  }
  button.disabled = false;
}

/** @param {string} id */
async function close(id) {
  try {
    if (!session.key && contract.has(id)) await call(contract.operation(id));
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
  }
  choices.keep("signed-in", false);
  forget();
  session.left = null;
  sessionStorage.clear();
  session.close();
  go(link([]));
}

/** @param {HTMLElement} place */
function opened(place) {
  const known = (/** @type {Field} */ field) =>
    !(Array.isArray(session.token?.[field.name]) && !session.token?.[field.name].length) &&
    session.token?.[field.name] !== null &&
    session.token?.[field.name] !== undefined &&
    session.token?.[field.name] !== "";
  const fields = contract
    .fields(contract.answer(contract.operation("getToken")))
    .filter((field) => known(field) && !/_id$/.test(field.name));
  const end = (/** @type {string} */ id) =>
    close(id).catch((problem) => render(showProblem(problem), within(place, ".failure")));
  mount(
    place,
    html`<h1>Votre session</h1>
      <p class="lead">${session.territory}</p>
      <div class="failure" aria-live="polite"></div>
      <section class="card">
        <dl>
          ${fields.map(
            (field) =>
              html`<div>
                <dt>${field.title}</dt>
                <dd>
                  ${field.kind === "items" && session.token?.[field.name].length > 3
                    ? html`<ul class="plain">
                        ${session.token?.[field.name].map(
                          (/** @type {Row} */ one) => html`<li>${plain(field, [one])}</li>`,
                        )}
                      </ul>`
                    : plain(field, session.token?.[field.name])}
                </dd>
              </div>`,
          )}
        </dl>
      </section>
      <p class="actions">
        <button type="button" class="main" @click=${() => end("signOut")}>Fermer la session</button>
        ${contract.has("signOutEverywhere") && !session.key
          ? html`<button type="button" @click=${() => end("signOutEverywhere")}>
              La fermer sur tous les appareils
            </button>`
          : nothing}
      </p>
      <p class="small">
        ${session.key
          ? "La clé n’est gardée que dans la mémoire de cet onglet : recharger la page ferme la session."
          : session.token?.session_expires_at
            ? `La session se ferme d’elle-même le ${instant(session.token?.session_expires_at)}.`
            : nothing}
      </p>`,
  );
}

const withPassword = (/** @type {(event: FormEvent) => void} */ submit) =>
  html`<section class="card">
    <h2>Avec une adresse et un mot de passe</h2>
    <form class="made" @submit=${submit}>
      <div class="fields">
        <div class="field">
          <label for="email">Adresse électronique</label>
          <input type="email" id="email" name="email" autocomplete="username" required maxlength="254" />
        </div>
        <div class="field">
          <label for="password">Mot de passe</label>
          <input
            type="password"
            id="password"
            name="password"
            autocomplete="current-password"
            required
            maxlength="200"
          />
        </div>
      </div>
      <p class="actions"><button class="main">${icon("check")} Ouvrir</button></p>
    </form>
    ${config.demonstration
      ? html`<p class="small">
          Démonstration : un compte par rôle, adresses et mots de passe dans le fichier <code>env</code> du système.
        </p>`
      : nothing}
  </section>`;

const withAKey = (/** @type {(event: FormEvent) => void} */ submit) =>
  html`<section class="card">
    <h2>Avec une clé</h2>
    <p>
      Une clé vient de la fédération.
      ${keepsSessions()
        ? "Elle ouvre une session de douze heures au plus, et n’est ensuite gardée nulle part dans la page."
        : "Elle reste dans la mémoire de cet onglet et n’est jamais écrite dans l’adresse ni sur le disque."}
    </p>
    <form class="made" @submit=${submit}>
      <div class="field">
        <label for="key">Clé</label>
        <input type="password" id="key" name="key" autocomplete="off" spellcheck="false" required maxlength="200" />
      </div>
      <p class="actions"><button class="main">${icon("check")} Ouvrir</button></p>
    </form>
  </section>`;

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Session");
  if (session.signedIn) return opened(place);
  const submit = (/** @type {FormEvent} */ event) => open(event, within(place, ".failure"));
  mount(
    place,
    html`<h1>Ouvrir une session</h1>
      ${session.left
        ? note("Votre session a pris fin. Ce que vous avez saisi est gardé : ouvrez-la de nouveau, vous y reviendrez.")
        : nothing}
      <div class="failure" aria-live="polite"></div>
      <div class="columns">${keepsSessions() ? withPassword(submit) : nothing}${withAKey(submit)}</div>
      <p class="small">
        Sans session, restent ouverts : <a href=${link(["calculateur"])}>le calculateur PASS IAE</a>,
        <a href=${link(["chiffres"])}>les chiffres</a>, <a href=${link(["delegations"])}>les délégations</a>.
      </p>`,
  );
  return undefined;
}
