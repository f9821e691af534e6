// The accessibility statement with its figures and its table, from the grid of the 106 criteria: nobody writes a rate by hand.
import { readFileSync } from "node:fs";

const STATES = {
  met: "Satisfait",
  not_met: "Non satisfait",
  to_check: "À vérifier à la main",
  not_applicable: "Sans objet",
};

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** How many criteria are in each state, and the rate that can be claimed: what is not verified counts as not met. */
export function figures({ criteria }) {
  const count = Object.fromEntries(
    Object.keys(STATES).map((state) => [state, criteria.filter((one) => one.state === state).length]),
  );
  const applicable = criteria.length - count.not_applicable;
  return { ...count, applicable, percent: Math.floor((count.met / applicable) * 100) };
}

const plain = (day) => day.split("-").reverse().join("/");

function summary(grid) {
  const { met, not_met, to_check, not_applicable, applicable, percent } = figures(grid);
  return `<p>Sur les ${grid.criteria.length} critères du ${grid.reference}, ${not_applicable} sont sans objet ici. Des ${applicable} autres,
      <strong>${met} sont vérifiés et satisfaits, soit ${percent} %</strong>, ${not_met} ne l’est pas, et ${to_check} restent à vérifier par une personne.
      Un critère qui n’est pas vérifié compte comme non satisfait. État au ${plain(grid.checked_on)}.</p>
    <h3>Échantillon</h3>
    <ul>
${grid.sample.map(({ screen, title, address }) => `      <li>${escaped(title ?? screen)} : <code>${escaped(address)}</code></li>`).join("\n")}
    </ul>`;
}

const row = ({ criterion, title, state, checks = [], screens = [], note = "" }) =>
  `        <tr><th scope="row">${criterion}</th><td>${escaped(title)}</td><td>${STATES[state]}</td><td>${escaped(note)}</td><td>${[
    checks.map((check) => `<code>${check}</code>`).join(", "),
    screens === "all" || !screens.length ? "" : `(${screens.join(", ")})`,
  ]
    .filter(Boolean)
    .join(" ")}</td></tr>`;

const table = (grid) => `<div class="scroll" tabindex="0" role="region" aria-label="Grille des critères">
    <table>
      <caption>${grid.reference}, critère par critère ; sans autre mention, la vérification porte sur tous les écrans</caption>
      <thead><tr><th scope="col">Critère</th><th scope="col">Objet</th><th scope="col">État</th><th scope="col">Remarque</th><th scope="col">Vérifié par</th></tr></thead>
      <tbody>
${grid.criteria.map(row).join("\n")}
      </tbody>
    </table>
    </div>`;

/** The page with its two marks replaced. */
export function statement(page, file) {
  const grid = JSON.parse(readFileSync(file, "utf8"));
  return page.replace("<!-- figures -->", () => summary(grid)).replace("<!-- grid -->", () => table(grid));
}
