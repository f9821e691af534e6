// build.mjs TARGET [NAME=VALUE …]: the served tree. Copies our files as they are, the few of lit-html that they import,
// draws the map, and lists what the offline shell keeps. No bundling, no rewriting: what is served is what is read here.
// Only two may differ: a NAME of config.json takes the VALUE (JSON, or text), as in demonstration=true, and the
// accessibility statement gets its figures from the grid of criteria.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { statement } from "./accessibility/statement.mjs";
import { generateMap } from "./map/generate.mjs";

const SOURCE = dirname(fileURLToPath(import.meta.url));
const OURS = [
  "index.html",
  "accessibilite.html",
  "mentions.html",
  "icon.svg",
  "manifest.webmanifest",
  "config.json",
  "worker.js",
  "app",
  "style",
];
const LIBRARY = [
  "lit-html.js",
  "directive.js",
  "directive-helpers.js",
  "directives/repeat.js",
  "directives/live.js",
  "LICENSE",
];

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

// The source maps are not served: their mention would be a request for nothing.
function copyLibrary(target) {
  for (const name of LIBRARY) {
    const to = join(target, "vendor/lit-html", name);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(
      to,
      readFileSync(join(SOURCE, "node_modules/lit-html", name), "utf8").replace(/\/\/# sourceMappingURL=.*\n?/, ""),
    );
  }
}

function listShell(target) {
  // The worker is kept by the browser itself, settings are asked anew, the map is read when it is shown.
  const kept = files(target)
    .filter((path) => !/^(worker\.js|config\.json|map\/.*)$|LICENSE$/.test(relative(target, path)))
    .sort();
  const digest = createHash("sha256");
  for (const path of kept) digest.update(path.slice(target.length)).update(readFileSync(path));
  const shell = {
    version: digest.digest("hex").slice(0, 16),
    files: ["./", ...kept.map((path) => relative(target, path))],
  };
  writeFileSync(join(target, "shell.json"), JSON.stringify(shell));
}

function stop(text) {
  console.error(text);
  process.exit(2);
}

const valueOf = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Settings of this installation; a name that the file does not have, or a value of another kind, is a slip. */
function settle(file, entries) {
  const settings = JSON.parse(readFileSync(file, "utf8"));
  for (const entry of entries) {
    const [name, ...rest] = entry.split("="),
      value = valueOf(rest.join("="));
    if (typeof settings[name] !== typeof value) stop(`no setting of config.json: ${entry}`);
    settings[name] = value;
  }
  writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
}

const [target, ...entries] = process.argv.slice(2);
if (!target) stop("usage: node build.mjs TARGET [NAME=VALUE …]");
rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "map"), { recursive: true });
for (const name of OURS) cpSync(join(SOURCE, name), join(target, name), { recursive: true });
settle(join(target, "config.json"), entries);
copyLibrary(target);
writeFileSync(
  join(target, "accessibilite.html"),
  statement(readFileSync(join(SOURCE, "accessibilite.html"), "utf8"), join(SOURCE, "accessibility/grid.json")),
);
generateMap(join(target, "map/france.json"));
listShell(target);
