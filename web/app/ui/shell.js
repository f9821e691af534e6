// What stands around every screen: name, menu, search, session, and the banner that says when the service is away.
import { MENU } from "../core/areas.js";
import config from "../core/config.js";
import contract from "../core/contract.js";
import { go, link } from "../core/router.js";
import session from "../core/session.js";
import { entered, html, icon, nothing, render, within } from "./view.js";

const banner = () => within(document, "#banner");
/** @type {string | null} */
let away = null;

const clock = () =>
  new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit", timeZone: config.timeZone }).format(
    new Date(),
  );

/** @param {any} problem */
export function sayAway(problem) {
  away ??= clock();
  render(
    html`<p class="note warn">
      ${problem.code === "timeout" ? "Le service tarde" : "Hors connexion"} depuis ${away}. Les listes publiques déjà
      lues restent lisibles ; les enregistrements attendent son retour.
    </p>`,
    banner(),
  );
}

export function sayHere() {
  away = null;
  render(nothing, banner());
}

/** @param {number} seconds */
export function sayWaiting(seconds) {
  render(
    html`<p class="note info">Le service demande ${seconds} s de patience ; la demande repart d’elle-même.</p>`,
    banner(),
  );
}

const visible = (/** @type {(typeof MENU)[number]} */ entry) =>
  !entry.needs ||
  entry.needs.some((/** @type {string} */ id) => contract.has(id) && session.may(contract.operation(id)));

/** @param {string} first */
function menu(first) {
  return html`<nav class="menu" aria-label="Menu principal">
    <ul>
      ${MENU.filter(visible).map((entry) => {
        const here = (entry.segments[0] ?? "") === first || entry.also?.includes(first);
        return html`<li>
          <a href=${link(entry.segments)} aria-current=${here ? "page" : nothing}>${entry.title}</a>
        </li>`;
      })}
    </ul>
  </nav>`;
}

/** @param {Query} query */
function search(query) {
  const submit = (/** @type {FormEvent} */ event) => {
    event.preventDefault();
    const q = entered(event.target, "q");
    if (q) go(link(["recherche"], { q }));
  };
  return html`<form class="search" role="search" aria-label="Recherche générale" @submit=${submit}>
    <label class="sr" for="search">Rechercher</label
    ><button class="quiet" aria-label="Rechercher">${icon("search")}</button>
    <input
      id="search"
      name="q"
      type="search"
      maxlength="100"
      autocomplete="off"
      placeholder="Structure, délégation, SIRET…"
      value=${query ?? nothing}
      aria-keyshortcuts="/"
    />
  </form>`;
}

function who() {
  if (!session.signedIn) return html`<a class="button who" href=${link(["session"])}>Ouvrir une session</a>`;
  return html`<a class="who" href=${link(["session"])}
    ><span class="sr">Session : </span>${session.token?.label ?? session.token?.name ?? session.token?.caller}</a
  >`;
}

/** @param {Row} options */
export function drawShell({ segments, query }) {
  const header = within(document, "#header");
  if (!header.$ours) {
    header.replaceChildren();
    header.$ours = true;
  }
  render(
    html`<div class="line-one">
        <p class="brand">
          <a href="#/"><img src="icon.svg" alt="" width="28" height="28" /> ${config.title}</a>
        </p>
        ${search(segments[0] === "recherche" ? query.q : "")}${who()}
      </div>
      ${menu(segments[0] ?? "")}
      ${config.demonstration
        ? html`<p class="demonstration">Démonstration : structures non publiées et personnes fictives.</p>`
        : nothing}`,
    header,
  );
}
