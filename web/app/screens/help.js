// Help: one way per task, the shortcuts, the state of the service, the statement.
import { address, call } from "../core/api.js";
import config from "../core/config.js";
import { Problem } from "../core/problem.js";
import contract, { named } from "../core/contract.js";
import { instant } from "../core/formats.js";
import { link } from "../core/router.js";
import { LIST, showList } from "../ui/shortcuts.js";
import { plain } from "../ui/value.js";
import { badge, busy, heading, html, mount, nothing, within } from "../ui/view.js";

/** @type {[string, string[], string, string][]} */
const TASKS = [
  [
    "Trouver une structure et lire sa fiche",
    ["recherche"],
    "listMembers",
    "Touche /, une partie du nom, Entrée : un seul résultat s’ouvre tout seul.",
  ],
  [
    "Corriger un contact ou une adresse",
    ["structures"],
    "updateMember",
    "Ouvrez la fiche, Modifier, puis Enregistrer. Si quelqu’un a été plus rapide, vous choisissez champ par champ.",
  ],
  [
    "Décider d’une candidature",
    [],
    "addMembership",
    "Ma semaine liste les candidatures ; l’onglet Périodes d’adhésion de la fiche ouvre la période.",
  ],
  [
    "Préparer une réunion régionale",
    ["structures"],
    "listMembers",
    "Filtrez, choisissez les colonnes, gardez la vue, imprimez.",
  ],
  [
    "Chiffres à une date",
    ["chiffres"],
    "memberStatistics",
    "Choisissez la date, une seconde pour comparer, puis CSV ou Imprimer.",
  ],
  ["Calculer la fin d’un PASS IAE", ["calculateur"], "calculatePass", "Des dates seulement ; le lien se partage."],
  [
    "Importer un fichier",
    ["import"],
    "importMembers",
    "Quatre étapes ; l’essai n’enregistre rien et nomme chaque cellule fautive.",
  ],
  ["Brancher un programme", ["reference"], "getContract", "Chaque opération a sa ligne curl."],
];

/** @param {HTMLElement} place */
async function state(place) {
  const operation = contract.operation("getStatus");
  const fields = contract.fields(contract.answer(operation));
  try {
    const { data } = await call(operation);
    const field = named(fields, "state");
    mount(
      place,
      html`<p>
        ${badge(plain(field, data.state), data.state === "UP" ? "ok" : "warn")} Dernière lecture réussie :
        ${instant(data.last_ok)}.
      </p>`,
    );
  } catch (problem) {
    mount(place, html`<p>${badge("injoignable", "bad")} ${problem instanceof Problem ? problem.detail : ""}</p>`);
  }
}

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Aide");
  mount(
    place,
    html`<h1>Aide</h1>
      <div class="columns">
        <section class="card">
          <h2>Par tâche</h2>
          <ul class="due">
            ${TASKS.filter(([, , id]) => contract.has(id)).map(
              ([title, segments, , advice]) =>
                html`<li>
                  <span class="what"
                    ><a href=${link(segments)}>${title}</a><br /><span class="small">${advice}</span></span
                  >
                </li>`,
            )}
          </ul>
        </section>
        <div>
          <section class="card">
            <h2>Raccourcis</h2>
            <dl class="keys">
              ${LIST.map(
                ([key, what]) =>
                  html`<div>
                    <dt><kbd>${key}</kbd></dt>
                    <dd>${what}</dd>
                  </div>`,
              )}
            </dl>
            <p class="actions"><button type="button" @click=${showList}>Régler les raccourcis</button></p>
          </section>
          <section class="card">
            <h2>État du service</h2>
            <div class="state">${busy()}</div>
            <p class="small">
              Contrat ${contract.document.info?.version}.
              ${config.support ? html`Assistance : <a href="mailto:${config.support}">${config.support}</a>.` : nothing}
            </p>
          </section>
          <section class="card">
            <h2>À propos</h2>
            <ul class="due">
              <li><a href="accessibilite.html">Déclaration d’accessibilité</a></li>
              <li><a href="mentions.html">Mentions légales</a></li>
              <li><a href=${address("/v1/problems")}>Catalogue des erreurs</a></li>
            </ul>
            <p class="small">
              Aucune ressource d’un tiers, aucun témoin de suivi. Bibliothèque servie : lit-html (<a
                href="vendor/lit-html/LICENSE"
                >licence</a
              >).
            </p>
          </section>
        </div>
      </div>`,
  );
  await state(within(place, ".state"));
}
