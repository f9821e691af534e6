// Every screen in every shape: the rules of accessibility, the policy, strangers, width, nodes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { api, holds, member } from "../visitor.mjs";

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PUBLIC = [
  "#/",
  "#/session",
  "#/chiffres",
  "#/chiffres?vue=mouvements",
  "#/chiffres?vue=emploi",
  "#/chiffres?as_of=2023-12-31&compare=2012-12-31&by=region",
  "#/carte",
  "#/delegations",
  "#/donnees",
  "#/reference",
  "#/verifier",
  "#/aide",
  "#/chiffres-publies",
  "#/structures",
  "#/recherche?q=bretagne",
  "#/nulle-part",
];

// Lines of the tracker are for structures and delegations; the federation counts them.
async function linesOf(has) {
  if (!has("/v1/passes")) return [];
  const {
    data: [pass],
  } = (await api("GET", "/v1/passes?state=SUSPENDED&limit=1&fields=id", { as: "STRUCTURE" })).data;
  return [
    "#/",
    "#/pass?state=VALID,SUSPENDED",
    "#/pass?vue=agenda",
    "#/pass?vue=etats&state=SUSPENDED",
    `#/pass/${pass.id}`,
    `#/pass/${pass.id}/history`,
    `#/pass/${pass.id}/action/close`,
    "#/pass/nouveau",
    "#/demandes-de-prolongation",
  ];
}

export async function routes() {
  const {
    data: [one],
  } = (await api("GET", "/v1/members?limit=1&region=53&status=ACTIVE")).data;
  const {
    data: [delegation],
  } = (await api("GET", "/v1/delegations?limit=1")).data;
  const signed = [
    "#/",
    "#/structures",
    "#/structures?kind=AI,ACI&region=53",
    "#/structures?q=zzzzzz",
    `#/structures/${one.id}`,
    `#/structures/${one.id}/memberships`,
    `#/structures/${one.id}/contacts`,
    `#/structures/${one.id}/history`,
    `#/structures/${one.id}/modifier`,
    "#/structures/nouveau",
    `#/structures/${one.id}/contacts/nouveau`,
    `#/delegations/${delegation.id}`,
    "#/delegations/nouveau",
    "#/mandats",
    "#/groupes",
    "#/cles",
    "#/import",
    "#/donnees",
    "#/session",
    "#/recherche?q=emploi",
  ];
  const { paths } = await (await fetch(`${process.env.MAILLAGE_URL}/v1/openapi.json`)).json();
  const has = (path, method = "get") => Boolean(paths[path]?.[method]);
  const later = [
    ["/v1/pass-calculations", "post", "#/calculateur"],
    ["/v1/pass-campaigns", "get", "#/campagnes"],
    ["/v1/training-sessions", "get", "#/sessions"],
    ["/v1/courses", "get", "#/catalogue"],
    ["/v1/vacation-projects", "get", "#/sejours"],
    ["/v1/vacation-conventions", "get", "#/enveloppes"],
    ["/v1/statistics/pass-expiries", "get", "#/echeances"],
    ["/v1/access-log", "get", "#/journal"],
  ];
  if (has("/v1/vacation-projects")) {
    const first = async (path) => (await api("GET", `${path}?limit=1&fields=id`)).data.data[0].id;
    const stay = await first("/v1/vacation-projects");
    signed.push(
      `#/sejours/${stay}`,
      `#/sejours/${stay}/budget-lines`,
      `#/sejours/${stay}/report`,
      "#/sejours/nouveau",
      "#/sejours?vue=etats",
      `#/enveloppes/${await first("/v1/vacation-conventions")}`,
      "#/chiffres?vue=sejours&year=2026",
    );
  }
  if (has("/v1/training-sessions")) {
    const {
      data: [course],
    } = (await api("GET", "/v1/training-sessions?limit=1&fields=id")).data;
    signed.push(
      "#/sessions?vue=agenda",
      "#/sessions?vue=etats",
      "#/sessions/nouveau",
      `#/sessions/${course.id}`,
      `#/emargement/${course.id}`,
      "#/bpf?year=2023",
      "#/chiffres?vue=formations&year=2023",
    );
  }
  const more = later.filter(([path, method]) => has(path, method)).map(([, , hash]) => hash);
  return {
    lines: await linesOf(has),
    open: [
      ...PUBLIC,
      ...(has("/v1/pass-calculations", "post")
        ? [
            "#/calculateur",
            "#/calculateur?starts_on=2025-01-15&suspensions.0.starts_on=2025-06-01&suspensions.0.ends_on=2025-07-31&suspensions.0.reason=CONTRACT_SUSPENDED",
          ]
        : []),
    ],
    signed: [...signed, ...more],
  };
}

export async function judge(visitor, hash, told) {
  await visitor.go(hash);
  const found = await visitor.page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: { type: "tag", values: tags },
      resultTypes: ["violations"],
    });
    return violations.map(
      (one) =>
        `${one.id}: ${one.nodes
          .slice(0, 3)
          .map((node) => `${node.target.join(" ")} ${node.failureSummary?.split("\n")[1] ?? ""}`)
          .join(" | ")}`,
    );
  }, TAGS);
  found.forEach((text) => told.push(`${hash} ${text}`));
  const over = await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) told.push(`${hash} scrolls sideways by ${over} px`);
  const headings = await visitor.page.evaluate(() => document.querySelectorAll("h1").length);
  if (headings !== 1) told.push(`${hash} has ${headings} h1`);
}

async function sweep(visit, shape) {
  const told = [],
    { open, signed, lines } = await routes();
  for (const [as, hashes] of [
    [null, open],
    ["NATIONAL", signed],
    ["STRUCTURE", lines],
  ]) {
    const visitor = await visit({ ...shape, as });
    await visitor.page.evaluate(AXE);
    for (const hash of hashes) await judge(visitor, hash, told);
  }
  holds(!told.length, told.join("\n"));
}

export const w04_axe_light_wide = (visit) => sweep(visit, { width: 1280 });
export const w04_axe_dark_wide = (visit) => sweep(visit, { width: 1280, dark: true });
export const w04_axe_light_narrow = (visit) => sweep(visit, { width: 320, height: 800 });
export const w04_axe_dark_narrow = (visit) => sweep(visit, { width: 320, height: 800, dark: true });
for (const bar of [w04_axe_light_wide, w04_axe_dark_wide, w04_axe_light_narrow, w04_axe_dark_narrow]) bar.seconds = 170;

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

export async function w16_hostile_text(visit) {
  const payloads = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}",
    "${7*7}",
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "&lt;b&gt;gras&lt;/b&gt;",
    "<b>gras</b> &amp; %00 %3Cscript%3E",
    "a\u0300\u0301\u0302\u0303",
    "=cmd|' /C calc'!A0",
    "<style>*{display:none}</style>",
    "<base href=//evil.example>",
    "<a href=javascript:alert(1)>x</a>",
  ];
  const visitor = await visit({ as: "NATIONAL" });
  let dialogs = 0;
  visitor.page.on("dialog", (dialog) => {
    dialogs++;
    dialog.dismiss();
  });
  for (let at = 0; at < payloads.length; at += 4) {
    const [legal, brand, description, address] = payloads.slice(at, at + 4);
    const { data } = await member({
      legal_name: legal,
      brand,
      description,
      address,
    });
    await visitor.go(`#/structures/${data.id}`);
    const text = await visitor.text();
    for (const payload of [legal, brand, description, address])
      holds(text.includes(payload), `${payload} is not shown as typed`);
    await visitor.go(`#/structures/${data.id}/modifier`);
    const typed = await visitor.page.evaluate(() =>
      [...document.querySelectorAll("main input, main textarea")].map((one) => one.value),
    );
    for (const payload of [legal, brand, description, address])
      holds(typed.includes(payload), `${payload} is not in its field`);
    await visitor.go(`#/structures?q=${encodeURIComponent(payloads[at])}`);
    await visitor.go(`#/recherche?q=${encodeURIComponent(payloads[at])}`);
  }
  holds(!dialogs, "a text was run");
}
