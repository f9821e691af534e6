// Ma semaine: what is due, by role, each line opening the exact screen; four figures; what has changed last.
import { call } from "../core/api.js";
import { slugged } from "../core/areas.js";
import contract from "../core/contract.js";
import { addDays, instant, number, plural, today } from "../core/formats.js";
import { link } from "../core/router.js";
import session from "../core/session.js";
import { keptViews } from "../ui/kept_views.js";
import { busy, empty, heading, html, icon, mount, nothing, within } from "../ui/view.js";

// A partner asks for territories first; the network, for kinds of structures.
const byRegion = () => (session.token?.caller === "PARTNER" ? { by: "region" } : {});
const usable = (/** @type {string} */ id) => contract.has(id) && session.may(contract.operation(id));
// Drawn at once with their titles, so that nothing moves when the numbers come.
/** @param {HTMLElement} place */
async function figures(place) {
  const year = { from: `${today().slice(0, 4)}-01-01`, to: today() };
  const quarter = { from: today(), to: addDays(today(), 90) };
  const draw = ({ total = "…", joined = "…", left = "…", ends = "…", share = "…" } = {}) => {
    const tile = (/** @type {string} */ title, /** @type {any} */ value, /** @type {string} */ href) =>
      html`<li class="tile">
        <p><a href=${href}>${title}</a></p>
        <p class="big">${value}</p>
      </li>`;
    mount(
      place,
      html`<ul class="tiles">
        ${tile("Structures adhérentes", total, link(["chiffres"], byRegion()))}
        ${tile("Arrivées cette année", joined, link(["chiffres"], { vue: "mouvements" }))}
        ${tile("Départs cette année", left, link(["chiffres"], { vue: "mouvements" }))}
        ${usable("passExpiries") ? tile("Fins de PASS sous 90 jours", ends, link(["echeances"], quarter)) : nothing}
        ${tile("Part des SIAE", share, link(["chiffres"]))}
      </ul>`,
    );
  };
  draw();
  const ask = (/** @type {string} */ id, query = {}) => call(contract.operation(id), { query });
  const [members, share, moves, ends] = await Promise.all([
    ask("memberStatistics", { by: "kind" }),
    ask("siaeShare"),
    ask("memberMoves", year),
    usable("passExpiries") ? ask("passExpiries", { ...quarter, by: "month" }).catch(() => null) : null,
  ]);
  const declared = ends?.data.total.declared ?? null;
  draw({
    total: number(members.data.total),
    joined: number(moves.data.joined + moves.data.rejoined),
    left: number(moves.data.left),
    ends: declared === null ? "—" : number(declared),
    share: `${number(share.data.share_percent)} %`,
  });
}

/** @param {HTMLElement} place */
async function recent(place) {
  if (!usable("listMembers")) return;
  const { data } = await call(contract.operation("listMembers"), {
    query: { sort: "-updated_at", limit: 8, fields: "id,name,updated_at,self" },
  });
  mount(
    place,
    html`<ul class="due">
        ${data.data.map(
          (/** @type {Row} */ row) =>
            html`<li>
              <span class="what"><a href=${slugged(`/v1/members/${row.id}`)}>${row.name}</a></span
              ><span class="small">${instant(row.updated_at)}</span>
            </li>`,
        )}
      </ul>
      <p><a href=${link(["structures"], { sort: "-updated_at" })}>Tout ce qui a changé</a></p>`,
  );
}

const welcome = () =>
  html`<section class="card">
    <h2>Sans compte</h2>
    <ul class="due">
      ${contract.has("calculatePass")
        ? html`<li>
            <span class="what"><a href=${link(["calculateur"])}>Calculer la fin d’un PASS IAE</a></span>
          </li>`
        : nothing}
      <li>
        <span class="what"><a href=${link(["chiffres"])}>Les chiffres du réseau à une date</a></span>
      </li>
      <li>
        <span class="what"><a href=${link(["carte"])}>La carte des structures</a></span>
      </li>
      <li>
        <span class="what"><a href=${link(["delegations"])}>L’annuaire des délégations</a></span>
      </li>
      <li>
        <span class="what"><a href=${link(["verifier"])}>Vérifier un SIRET, un numéro RNA, une commune</a></span>
      </li>
      <li>
        <span class="what"><a href=${link(["reference"])}>La référence de l’API</a></span>
      </li>
    </ul>
  </section>`;

/** @param {HTMLElement} place */
export async function show(place) {
  const title = session.signedIn ? "Ma semaine" : "Les données du réseau";
  heading(title);
  mount(
    place,
    html`<div class="top">
        <h1>${title}</h1>
        <p class="seen">${session.territory}</p>
      </div>
      <div class="figures"></div>
      <div class="columns ${session.signedIn ? "week" : ""}">
        ${session.signedIn
          ? html`<section class="card">
                <h2>À faire</h2>
                <div class="due-place">${busy()}</div>
              </section>
              <div>
                ${keptViews()}
                <section class="card">
                  <h2>Dernières modifications</h2>
                  <div class="recent"></div>
                </section>
              </div>`
          : welcome()}
      </div>`,
  );
  const work = [figures(within(place, ".figures"))];
  if (session.signedIn)
    work.push(
      import("./week.js").then(({ queue }) => queue(within(place, ".due-place"))),
      recent(within(place, ".recent")),
    );
  await Promise.all(work);
}
