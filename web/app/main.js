// Start: settings, contract, session; then an address is a screen. Screens are loaded when they are first opened.
import { address, call, events } from "./core/api.js";
import config, { readConfig } from "./core/config.js";
import contract from "./core/contract.js";
import { setZone } from "./core/formats.js";
import { OPENINGS } from "./core/openings.js";
import { Problem } from "./core/problem.js";
import { go, link, parse } from "./core/router.js";
import { choices } from "./core/store.js";
import session from "./core/session.js";
import { keepShell } from "./core/offline.js";
import { showProblem } from "./ui/problem.js";
import { drawShell, sayAway, sayHere, sayWaiting } from "./ui/shell.js";
import { busy, heading, html, mount, within } from "./ui/view.js";

/** @type {Record<string, () => Promise<any>>} */
const SCREENS = {
  "": () => import("./screens/home.js"),
  session: () => import("./screens/session.js"),
  calculateur: () => import("./screens/calculator.js"),
  carte: () => import("./screens/map.js"),
  chiffres: () => import("./screens/figures.js"),
  donnees: () => import("./screens/data.js"),
  import: () => import("./screens/import.js"),
  reference: () => import("./screens/reference.js"),
  verifier: () => import("./screens/check.js"),
  aide: () => import("./screens/help.js"),
  bpf: () => import("./screens/bpf.js"),
  emargement: () => import("./screens/attendance.js"),
  echeances: () => import("./screens/deadlines.js"),
  sorties: () => import("./screens/outcomes.js"),
  recherche: () => import("./screens/search.js"),
};

const place = within(document, "#content");
const loaderOf = (/** @type {Route} */ route) =>
  SCREENS[route.segments[0] ?? ""] ?? (() => import("./screens/generic.js"));
/** Which address is on screen, and what its screen answers to a changed query. @type {{ name: string | null, screen: Shown, turn: number }} */
let current = { name: null, screen: undefined, turn: 0 };

// Main says that a screen is on its way, from the start of the page until it is there: to those who listen, and to
// whoever waits for it.
let opening = 0;
async function arrive() {
  const turn = ++opening;
  place.setAttribute("aria-busy", "true");
  try {
    await open();
  } finally {
    if (turn === opening) place.removeAttribute("aria-busy");
  }
}

async function open() {
  const route = parse();
  const name = route.segments.join("/");
  drawShell(route);
  // Same screen, other filters: it follows, and the focus stays where it is.
  if (current.name === name && current.screen?.follow) return current.screen.follow(route);
  const turn = current.turn + 1,
    first = current.name === null,
    left = document.activeElement;
  current = { name, screen: undefined, turn };
  const screenPlace = document.createElement("div");
  screenPlace.className = "screen";
  if (!first) mount(screenPlace, busy());
  place.replaceChildren(screenPlace);
  try {
    const module = await loaderOf(route)();
    const screen = await module.show(screenPlace, route);
    if (current.turn === turn) current.screen = screen;
  } catch (problem) {
    heading("Écran indisponible");
    mount(
      screenPlace,
      html`<h1>Cet écran n’est pas disponible</h1>
        ${showProblem(problem, () => {
          current.name = "";
          arrive();
        })}`,
    );
  }
  if (current.turn !== turn) return undefined;
  const title = screenPlace.querySelector("h1");
  if (title) heading(title.textContent.trim());
  // Who has gone on by keyboard while the screen was on its way stays there.
  if (!first && title && [left, document.body].includes(document.activeElement)) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  return undefined;
}

// The page is nothing without its contract: the wait, and what to do when it cannot be read, are said in place.
async function readContract() {
  try {
    const { data } = await call({ method: "GET", path: "/v1/openapi.json" });
    contract.load(data);
  } catch (error) {
    throw error instanceof Problem
      ? error
      : new Problem({
          title: "Contrat illisible",
          detail: "Le service a répondu, mais sa description n’a pas la forme attendue. Prévenez l’assistance.",
        });
  }
}

// A session in a cookie outlives the page; whether there is one is asked only where one was opened.
async function resume() {
  if (!choices.read("signed-in", false)) return;
  try {
    const { data } = await call(contract.operation("getToken"));
    session.open(null, data);
  } catch {
    choices.keep("signed-in", false);
  }
}

// The first screen travels while settings and contract do, and says what it is before they are there. Whatever goes
// wrong with it is said when it is opened.
function openEarly() {
  const route = parse(),
    opening = OPENINGS[route.segments[0]];
  if (opening)
    mount(
      place,
      html`<h1>${opening.title}</h1>
        <p class="lead">${opening.lead}</p>`,
    );
  loaderOf(route)().catch(() => {});
}

// Links of the page itself name the service where it is.
function pointElsewhere() {
  if (!config.apiBase) return;
  for (const one of document.querySelectorAll('footer a[href^="/v1/"]'))
    one.setAttribute("href", address(one.getAttribute("href") ?? ""));
}

async function start() {
  place.setAttribute("aria-busy", "true");
  openEarly();
  try {
    await readConfig();
    pointElsewhere();
    setZone(config.timeZone);
    await readContract();
    await resume();
  } catch (problem) {
    heading("Service indisponible");
    mount(
      place,
      html`<h1>Le service n’est pas joignable</h1>
        ${showProblem(problem, start)}`,
    );
    place.removeAttribute("aria-busy");
    return;
  }
  place.$ours = false;
  within(document, "#revision").textContent = `Contrat ${contract.document.info?.version ?? ""}`;
  addEventListener("hashchange", arrive);
  session.addEventListener("change", () => {
    current.name = null;
    arrive();
  });
  const { listen } = await import("./ui/shortcuts.js");
  listen();
  await arrive();
  keepShell();
}

const on = (/** @type {string} */ name, /** @type {(detail: any) => void} */ say) =>
  events.addEventListener(name, (event) => say(/** @type {CustomEvent} */ (event).detail));
on("away", sayAway);
on("here", sayHere);
on("waiting", sayWaiting);
on("signed-out", () => {
  const left = location.hash;
  go(link(["session"]));
  session.expire(left);
});
start();
