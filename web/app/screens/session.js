// Opening and closing a session: with a key, and with e-mail and password where the contract offers it.
import { call } from "../core/api.js";
import contract from "../core/contract.js";
import { date } from "../core/formats.js";
import { go, link } from "../core/router.js";
import session from "../core/session.js";
import { forget } from "../core/store.js";
import { Form } from "../ui/form.js";
import { plain } from "../ui/value.js";
import { showProblem } from "../ui/problem.js";
import { heading, html, icon, mount, nothing, render } from "../ui/view.js";

async function openWithKey(event, failure) {
  event.preventDefault();
  const key = new FormData(event.target).get("key").trim();
  if (!key) return;
  session.key = key;
  try {
    const { data } = await call(contract.operation("getToken"));
    forget();
    session.open(key, data);
    go(link([]));
  } catch (problem) {
    session.key = null;
    render(showProblem(problem), failure);
  }
}

async function close() {
  const operation = contract.operation("deleteSession") ?? contract.operation("endSession");
  if (operation && !session.key) await call(operation).catch(() => {});
  forget();
  sessionStorage.clear();
  session.close();
  go(link([]));
}

function opened(place) {
  const fields = contract.fields(contract.answer(contract.operation("getToken")));
  mount(
    place,
    html`<h1>Votre session</h1>
      <p class="lead">${session.territory}</p>
      <section class="card">
        <dl>
          ${fields
            .filter(
              (field) =>
                session.token[field.name] !== null &&
                session.token[field.name] !== undefined &&
                session.token[field.name] !== "" &&
                !/_id$/.test(field.name),
            )
            .map(
              (field) =>
                html`<div>
                  <dt>${field.title}</dt>
                  <dd>${plain(field, session.token[field.name])}</dd>
                </div>`,
            )}
        </dl>
      </section>
      <p class="actions"><button type="button" class="main" @click=${close}>Fermer la session</button></p>
      <p class="small">
        ${session.key
          ? "La clé n’est gardée que dans la mémoire de cet onglet : recharger la page ferme la session."
          : nothing}
        ${session.token.expires_at ? `Valable jusqu’au ${date(session.token.expires_at.slice(0, 10))}.` : nothing}
      </p>`,
  );
}

export async function show(place) {
  heading("Session");
  if (session.signedIn) return opened(place);
  const people = contract.operation("createSession");
  mount(
    place,
    html`<h1>Ouvrir une session</h1>
      ${people
        ? html`<section class="card">
            <h2>Avec une adresse et un mot de passe</h2>
            <div class="people"></div>
          </section>`
        : nothing}
      <section class="card">
        <h2>Avec une clé</h2>
        <p>
          Une clé vient de la fédération. Elle reste dans la mémoire de cet onglet et n’est jamais écrite dans l’adresse
          ni sur le disque.
        </p>
        <div class="failure" aria-live="polite"></div>
        <form class="made" @submit=${(event) => openWithKey(event, place.querySelector(".failure"))}>
          <div class="field">
            <label for="key">Clé</label>
            <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required maxlength="200" />
          </div>
          <p class="actions"><button class="main">${icon("check")} Ouvrir</button></p>
        </form>
      </section>
      <p class="small">
        Sans session, restent ouverts : <a href=${link(["calculateur"])}>le calculateur PASS IAE</a>,
        <a href=${link(["chiffres"])}>les chiffres</a>, <a href=${link(["delegations"])}>les délégations</a>.
      </p>`,
  );
  if (people) {
    new Form(place.querySelector(".people"), people, {
      compute: true,
      submit: "Ouvrir",
      done: async () => {
        const { data } = await call(contract.operation("getToken"));
        forget();
        session.open(null, data);
        go(link([]));
      },
    });
  }
  return undefined;
}
