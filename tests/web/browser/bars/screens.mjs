// Every screen in every shape: the rules of accessibility, the policy, strangers, width, nodes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { routesOf } from "../routes.mjs";
import { holds } from "../visitor.mjs";

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SHAPES = [
  { width: 1280, height: 900, dark: false },
  { width: 320, height: 800, dark: true },
  { width: 1280, height: 900, dark: true },
  { width: 320, height: 800, dark: false },
];

// What a colour scheme or a width can change once all rules have held at both widths and in both schemes.
const OF_SHAPE = { type: "rule", values: ["color-contrast", "target-size", "scrollable-region-focusable"] };

/** What machines find on the screen as it stands: rules of accessibility, width, headings. */
export async function look(visitor, hash, told, runOnly = { type: "tag", values: TAGS }) {
  const found = await visitor.page.evaluate(async (only) => {
    if (!document.querySelector("main h1")) return ["no heading"];
    const { violations } = await globalThis.axe.run(document, { runOnly: only, resultTypes: ["violations"] });
    const over = document.documentElement.scrollWidth - innerWidth,
      headings = document.querySelectorAll("h1").length,
      leads = document.querySelector("main h1").textContent !== "Écran inconnu" || location.hash === "#/nulle-part";
    return [
      ...violations.map(
        (one) =>
          `${one.id}: ${one.nodes
            .slice(0, 3)
            .map((node) => `${node.target.join(" ")} ${node.failureSummary?.split("\n")[1] ?? ""}`)
            .join(" | ")}`,
      ),
      ...(over > 0 ? [`scrolls sideways by ${over} px`] : []),
      ...(leads ? [] : ["leads nowhere"]),
      ...(headings !== 1 ? [`has ${headings} h1`] : []),
    ];
  }, runOnly);
  found.forEach((text) => told.push(`${hash} ${text}`));
}

export async function judge(visitor, hash, told) {
  await visitor.go(hash);
  await look(visitor, hash, told);
}

/** The screen behind an address, whatever record it shows. */
export const kindOfScreen = (hash) => hash.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");

// A screen that another kind of visitor has shown in every shape already is seen once more as this one sees it.
const seen = new Set();
async function sweep(visit, as) {
  const visitor = await visit({ as }),
    told = [];
  await visitor.page.evaluate(AXE);
  for (const hash of await routesOf(visitor, as)) {
    const shapes = seen.has(kindOfScreen(hash)) ? SHAPES.slice(1, 2) : SHAPES;
    seen.add(kindOfScreen(hash));
    await visitor.go(hash);
    for (const [index, { width, height, dark }] of shapes.entries()) {
      await visitor.page.setViewportSize({ width, height });
      await visitor.page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
      await look(visitor, `${hash} (${width}${dark ? ", dark" : ""})`, told, index < 2 ? undefined : OF_SHAPE);
    }
  }
  holds(!told.length, told.join("\n"));
}

export const w04_axe_open = (visit) => sweep(visit, null);
export const w04_axe_national = (visit) => sweep(visit, "NATIONAL");
export const w04_axe_delegation = (visit) => sweep(visit, "DELEGATION_BRETAGNE");
export const w04_axe_structure = (visit) => sweep(visit, "STRUCTURE");
export const w04_axe_partner = (visit) => sweep(visit, "PARTNER");
for (const bar of [w04_axe_open, w04_axe_national, w04_axe_delegation, w04_axe_structure, w04_axe_partner])
  bar.seconds = 300;

export async function w13_text_spacing(visit) {
  const visitor = await visit({ width: 320, as: "NATIONAL" });
  await visitor.go("#/structures");
  const over = await visitor.page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }",
    );
    document.adoptedStyleSheets = [sheet];
    return document.documentElement.scrollWidth - innerWidth;
  });
  holds(over <= 0, `scrolls sideways by ${over} px with spaced text`);
}

export async function w09_nodes(visit) {
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go("#/structures");
  const nodes = await visitor.page.evaluate(() => document.querySelectorAll("*").length);
  holds(nodes <= 1500, `${nodes} nodes on a list page`);
}
