// The network on the map, at a date: départements and overseas boxes, tiles of regions, and the same as a sorted table.
import { call, walk } from "../core/api.js";
import contract from "../core/contract.js";
import { date, longDate, number, parseDate, plural, today } from "../core/formats.js";
import { go, link, parse } from "../core/router.js";
import { once } from "../core/store.js";
import { map, outlines, tileMap } from "../ui/map.js";
import { plainTable } from "../ui/table.js";
import { entered, heading, html, mount } from "../ui/view.js";

const rowsOf = (/** @type {string} */ id) =>
  once(`rows:${id}`, () => walk(contract.operation(id))).then(({ rows }) => rows);

/** @param {string} as_of */
async function read(as_of) {
  const statistics = contract.operation("memberStatistics");
  const [shape, departments, regions, byDepartment, byRegion, gaps] = await Promise.all([
    outlines(),
    rowsOf("listDepartments"),
    rowsOf("listRegions"),
    call(statistics, { query: { as_of, by: "department" } }),
    call(statistics, { query: { as_of, by: "region" } }),
    call(contract.operation("coverageGaps"), { query: { as_of } }),
  ]);
  const count = (/** @type {Row} */ answer) =>
    new Map(answer.data.groups.map((/** @type {Row} */ group) => [group.key, group.count]));
  return {
    shape,
    departments,
    regions,
    byDepartment: count(byDepartment),
    byRegion: count(byRegion),
    gaps: gaps.data.regions,
    as_of: byRegion.data.as_of,
    total: byRegion.data.total,
  };
}

/** @param {Row} content */
function template(content) {
  const { shape, departments, regions, byDepartment, byRegion, gaps, as_of, total } = content;
  const without = new Set(gaps.map((/** @type {Row} */ gap) => gap.region_code));
  const of = new Map(departments.map((/** @type {Row} */ one) => [one.code, one]));
  const place = (/** @type {string} */ code, /** @type {string} */ name) => ({
    name: of.get(code)?.name ?? name,
    value: byDepartment.get(code) ?? 0,
    off: without.has(of.get(code)?.region_code),
    href: link(["structures"], { department: code, as_of: as_of === today() ? "" : as_of }),
  });
  const tiles = regions.map((/** @type {Row} */ region) => ({
    code: region.code,
    name: region.name,
    value: byRegion.get(region.code) ?? 0,
    off: without.has(region.code),
    href: link(["structures"], { region: region.code, as_of: as_of === today() ? "" : as_of }),
  }));
  const sorted = tiles
    .filter((/** @type {Row} */ one) => one.value)
    .sort((/** @type {Row} */ one, /** @type {Row} */ other) => other.value - one.value);
  const gapText = gaps
    .map(
      (/** @type {Row} */ gap) =>
        `${gap.region_name} (${gap.attached_to.map((/** @type {Row} */ one) => `suivie par ${one.name}`).join(", ") || "suivie par personne"})`,
    )
    .join(", ");
  return html`<p class="lead">
      ${plural(total, "structure")} au ${longDate(as_of)}. En tête : ${sorted[0]?.name},
      ${number(sorted[0]?.value ?? 0)}. ${gaps.length ? `Sans délégation : ${gapText}.` : ""}
    </p>
    <div class="columns">
      ${map(shape, place, "Structures par département")}
      <div>
        ${tileMap(tiles, "Structures par région")}
        ${plainTable(
          "Structures par région",
          ["Région", "Structures"],
          sorted.map((/** @type {Row} */ one) => [html`<a href=${one.href}>${one.name}</a>`, number(one.value)]),
        )}
      </div>
    </div>`;
}

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Carte du réseau");
  const draw = async () => {
    const { query } = parse();
    const content = await read(query.as_of);
    const submit = (/** @type {FormEvent} */ event) => {
      event.preventDefault();
      const text = entered(event.target, "as_of");
      go(link(["carte"], { as_of: parseDate(text) ?? text }));
    };
    mount(
      place,
      html`<div class="top"><h1>Carte du réseau</h1></div>
        <form class="filters" aria-label="Date de la carte" @submit=${submit}>
          <div class="filter">
            <label for="map-date">À la date du</label
            ><input
              type="text"
              id="map-date"
              name="as_of"
              .value=${date(content.as_of)}
              placeholder="jj/mm/aaaa"
              autocomplete="off"
            />
          </div>
          <button class="main">Afficher</button>
        </form>
        ${template(content)}
        <p class="print-only">${location.href}, le ${longDate(today())}</p>`,
    );
  };
  await draw();
  return { follow: draw };
}
