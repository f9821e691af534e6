// build.mjs TARGET: the served tree. Copies our files as they are, the few of lit-html that they import, draws the map,
// and lists what the offline shell keeps. No bundling, no rewriting: what is served is what is read here.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
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

const target = process.argv[2];
if (!target) {
  console.error("usage: node build.mjs TARGET");
  process.exit(2);
}
rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "map"), { recursive: true });
for (const name of OURS) cpSync(join(SOURCE, name), join(target, name), { recursive: true });
copyLibrary(target);
generateMap(join(target, "map/france.json"));
listShell(target);
