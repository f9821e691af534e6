// The map of départements with the overseas boxes, and the tile map of regions for small screens. Colours are steps of a
// count; regions without a delegation are hatched. What belongs to what comes from the service, outlines from map/france.json.
import { number, plural } from "../core/formats.js";
import { once } from "../core/store.js";
import { html, nothing, svg } from "./view.js";

// Own arrangement of the eighteen regions: column, row.
/** @type {Record<string, number[]>} */
const TILES = {
  32: [3, 0],
  53: [0, 1],
  28: [1, 1],
  11: [2, 1],
  44: [4, 1],
  52: [1, 2],
  24: [2, 2],
  27: [3, 2],
  75: [1, 3],
  84: [3, 3],
  76: [2, 4],
  93: [3, 4],
  94: [4, 4],
  "01": [0, 5],
  "02": [1, 5],
  "03": [2, 5],
  "04": [3, 5],
  "06": [4, 5],
};

export const outlines = () =>
  once("map", async () => {
    const answer = await fetch("map/france.json", { signal: AbortSignal.timeout(20000) });
    if (!answer.ok) throw new Error(`map: ${answer.status}`);
    return answer.json();
  });

/** Upper bounds of five steps, equal in number of places.
 * @param {any} values */
export function steps(values) {
  const sorted = values
    .filter((/** @type {any} */ value) => value > 0)
    .sort((/** @type {number} */ one, /** @type {number} */ other) => one - other);
  return [0.2, 0.4, 0.6, 0.8, 1].map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
}
const stepOf = (/** @type {any} */ value, /** @type {number[]} */ bounds) =>
  value > 0 ? bounds.findIndex((/** @type {number} */ bound) => value <= bound) + 1 || bounds.length : 0;

/** @param {number[]} bounds */
export function legend(bounds) {
  const distinct = [...new Set(bounds)].filter(Boolean);
  return html`<ul class="legend">
    ${[0, ...distinct].map(
      (bound, at) =>
        html`<li class="map">
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <rect class="h${bound ? bounds.indexOf(bound) + 1 : 0}" width="10" height="10"></rect></svg
          >${bound ? `${number((distinct[at - 2] ?? 0) + 1)} à ${number(bound)}` : "aucune"}
        </li>`,
    )}
    <li class="map">▨ sans délégation</li>
  </ul>`;
}

/** shape: outlines; of(code) → {value, name, href, off}; off: no delegation there.
 * @param {Row} shape
 * @param {(code: string, name: string) => Row} of
 * @param {string} label */
export function map(shape, of, label) {
  const places = shape.places.map((/** @type {Row} */ place) => ({ ...place, ...of(place.code, place.name) }));
  const bounds = steps(places.map((/** @type {Row} */ place) => place.value ?? 0));
  const one = (
    /** @type {Row} */ place,
  ) => svg`<a href=${place.href} aria-label="${place.name} : ${plural(place.value ?? 0, "structure")}${place.off ? ", région sans délégation" : ""}">
    <path d=${place.d} class="h${stepOf(place.value ?? 0, bounds)}"></path>${place.off ? svg`<path d=${place.d} class="hatched"></path>` : nothing}<title>${place.name} : ${plural(place.value ?? 0, "structure")}</title></a>`;
  return html`<figure class="drawing card map">
    <figcaption><h2>${label}</h2></figcaption>
    ${legend(bounds)}
    <svg viewBox="0 0 ${shape.width} ${shape.height}" role="group" aria-label=${label}>
      <defs>
        <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v5" class="hatch-line"></path>
        </pattern>
      </defs>
      ${places
        .filter((/** @type {Row} */ place) => place.box)
        .map(
          (/** @type {Row} */ place) =>
            svg`<rect class="box" x=${place.box[0]} y=${place.box[1]} width=${place.box[2]} height=${place.box[3]} rx="4"></rect><text class="soft" x=${place.box[0] + 4} y=${place.box[1] + place.box[3] - 4}>${place.name}</text>`,
        )}
      ${places.map(one)}
    </svg>
    <p class="small">${shape.credit}</p>
  </figure>`;
}

/** regions: [{code, name, value, href, off}]
 * @param {Row[]} regions
 * @param {string} label */
export function tileMap(regions, label) {
  const bounds = steps(regions.map((region) => region.value ?? 0));
  const rows = Math.max(...Object.values(TILES).map(([, row]) => row));
  const cells = [];
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column < 5; column++) {
      const region = regions.find((one) => TILES[one.code]?.[0] === column && TILES[one.code]?.[1] === row);
      cells.push(
        region
          ? html`<li class="t${stepOf(region.value, bounds)}">
              <a href=${region.href}
                ><b>${number(region.value)}</b
                ><span class="sr">
                  ${region.value < 2 ? "structure" : "structures"},
                  ${region.name}${region.off ? ", sans délégation" : ""}</span
                ><span aria-hidden="true">${short(region.name)}${region.off ? " ▨" : ""}</span></a
              >
            </li>`
          : html`<li aria-hidden="true"></li>`,
      );
    }
  }
  return html`<figure class="drawing card">
    <figcaption><h2>${label}</h2></figcaption>
    <ul class="tilemap">
      ${cells}
    </ul>
  </figure>`;
}

const short = (/** @type {string} */ name) =>
  name
    .replace("Provence-Alpes-Côte d’Azur", "PACA")
    .replace("Provence-Alpes-Côte d'Azur", "PACA")
    .replace("Auvergne-Rhône-Alpes", "AURA")
    .replace("Bourgogne-Franche-Comté", "BFC")
    .replace("Centre-Val de Loire", "Centre")
    .replace("Nouvelle-Aquitaine", "N.-Aquit.")
    .replace("Hauts-de-France", "Hts-de-Fr.")
    .replace("Pays de la Loire", "P. Loire")
    .replace("Île-de-France", "Île-de-Fr.");
