// One-key shortcuts. They can be switched off, never act in a field, and the list of them is the key "?".
import { go, link } from "../core/router.js";
import { choices } from "../core/store.js";
import { html, icon, render } from "./view.js";

export const LIST = [
  ["/", "Rechercher"],
  ["g puis s", "Structures"],
  ["g puis d", "Délégations"],
  ["g puis p", "PASS IAE"],
  ["g puis c", "Chiffres"],
  ["g puis m", "Ma semaine"],
  ["n", "Nouvelle fiche, dans une liste"],
  ["e", "Modifier, sur une fiche"],
  ["j et k", "Ligne suivante, précédente"],
  ["?", "Cette liste"],
];
const PLACES = { s: ["structures"], d: ["delegations"], p: ["calculateur"], c: ["chiffres"], m: [] };

export const switchedOff = () => choices.read("shortcuts-off", false);
export const switchOff = (value) => choices.keep("shortcuts-off", value);

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");
let going = 0;

function row(step) {
  const links = [...document.querySelectorAll("main .row-link")];
  const at = links.indexOf(document.activeElement);
  links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
}

export function showList() {
  const dialog = document.getElementById("dialog");
  const opener = document.activeElement;
  render(
    html`<h2>Raccourcis</h2>
      <dl class="keys">
        ${LIST.map(
          ([key, what]) =>
            html`<div>
              <dt><kbd>${key}</kbd></dt>
              <dd>${what}</dd>
            </div>`,
        )}
      </dl>
      <label class="check"
        ><input type="checkbox" .checked=${switchedOff()} @change=${(event) => switchOff(event.target.checked)} />
        Désactiver les raccourcis d’une touche</label
      >
      <p class="actions">
        <button type="button" class="main" @click=${() => dialog.close()}>${icon("check")} Fermer</button>
      </p>`,
    dialog,
  );
  dialog.setAttribute("aria-label", "Raccourcis");
  dialog.addEventListener("close", () => opener?.focus?.(), { once: true });
  dialog.showModal();
}

const ACTS = {
  "/": () => document.getElementById("search")?.focus(),
  "?": showList,
  j: () => row(1),
  k: () => row(-1),
  n: () => document.querySelector('[data-shortcut="n"]')?.click(),
  e: () => document.querySelector('[data-shortcut="e"]')?.click(),
};

export function listen() {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(event);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || switchedOff()) return;
    if (Date.now() - going < 1500 && PLACES[event.key]) {
      going = 0;
      event.preventDefault();
      go(link(PLACES[event.key]));
      return;
    }
    going = event.key === "g" ? Date.now() : 0;
    if (ACTS[event.key]) {
      event.preventDefault();
      ACTS[event.key]();
    }
  });
  // A menu closes when the visitor goes elsewhere.
  addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.choice[open]"))
      if (!open.contains(event.target)) open.open = false;
  });
}

function closeMenus() {
  const open = document.querySelector("details.choice[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
}
