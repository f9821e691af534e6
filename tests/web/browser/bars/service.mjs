// What must hold whatever the service does: away, slow, refusing, odd; and what the served tree weighs and says.
import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { api, equal, holds, key, URL_ } from "../visitor.mjs";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html app";

export async function w01_weight(visit) {
  const visitor = await visit({ worker: false }),
    loaded = new Set();
  visitor.page.on("response", (answer) => loaded.add(answer.url()));
  await visitor.page.reload();
  await visitor.settled();
  let first = 0;
  for (const url of loaded)
    if (!url.includes("/v1/"))
      first += gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer()), {
        level: 9,
      }).length;
  holds(loaded.size > 10, "the page was loaded");
  holds(first <= 40000, `first load ${first} bytes`);
  const { files } = await (await fetch(`${URL_}/shell.json`)).json();
  let whole = 0;
  for (const file of files)
    whole += gzipSync(Buffer.from(await (await fetch(`${URL_}/${file}`)).arrayBuffer()), { level: 9 }).length;
  // Screens are read when they are opened; all of them only by the offline shell, behind the visitor's back.
  holds(whole <= 180000, `whole client ${whole} bytes`);
  const contract = gzipSync(Buffer.from(await (await fetch(`${URL_}/v1/openapi.json`)).arrayBuffer()), {
    level: 9,
  }).length;
  console.error(`first load ${first} bytes, whole client ${whole}, contract ${contract}`);
}

export async function w03_policy() {
  for (const path of [
    "/",
    "/index.html",
    "/app/main.js",
    "/accessibilite.html",
    "/worker.js",
    "/manifest.webmanifest",
  ]) {
    const answer = await fetch(URL_ + path);
    equal(answer.status, 200, path);
    if (path !== "/manifest.webmanifest")
      equal(answer.headers.get("Content-Security-Policy"), POLICY, `policy of ${path}`);
    holds(answer.headers.get("X-Content-Type-Options") === "nosniff", `nosniff of ${path}`);
  }
}

export async function w03_policy_is_obeyed(visit) {
  const visitor = await visit();
  const blocked = await visitor.page.evaluate(() => {
    try {
      document.createElement("div").innerHTML = "<b>x</b>";
      return false;
    } catch {
      return true;
    }
  });
  holds(blocked, "a text must not become markup");
  visitor.violations.length = 0;
  visitor.tolerant = true;
}

export async function w14_same_day_everywhere(visit) {
  const {
    data: [row],
  } = (await api("GET", "/v1/members?limit=1&joined_on%5Bgte%5D=1990-01-01&sort=joined_on&fields=id,joined_on")).data;
  const shown = row.joined_on.split("-").reverse().join("/");
  for (const zone of ["Europe/Paris", "America/Guadeloupe", "America/Cayenne", "Indian/Reunion", "Indian/Mayotte"]) {
    const visitor = await visit({ zone, as: "NATIONAL" });
    await visitor.go(`#/structures/${row.id}`);
    holds((await visitor.text()).includes(shown), `${shown} in ${zone}`);
    await visitor.go("#/chiffres?as_of=2026-01-01");
    equal(await visitor.page.inputValue("#figure-as_of"), "01/01/2026", `the date of the figures in ${zone}`);
    holds((await visitor.text()).includes("1er janvier 2026"), `the long date in ${zone}`);
  }
}

export async function w18_new_field(visit) {
  const visitor = await visit({ as: null }),
    { page } = visitor;
  await page.route("**/v1/openapi.json", async (route) => {
    const answer = await route.fetch(),
      contract = await answer.json(),
      { schemas } = contract.components;
    const added = {
      title: "Couleur de la façade",
      type: ["string", "null"],
      enum: ["RED", "BLUE", null],
      oneOf: [
        { const: "RED", title: "Rouge" },
        { const: "BLUE", title: "Bleue" },
        { const: null, title: "Aucune" },
      ],
    };
    schemas.Member.properties.facade = added;
    schemas.MemberCreate.properties.facade = added;
    schemas.MemberImportRow.properties.facade = added;
    contract.paths["/v1/members"].get.parameters.push({
      name: "facade",
      in: "query",
      schema: {
        title: "Façade",
        type: "string",
        enum: ["RED", "BLUE"],
        oneOf: added.oneOf.slice(0, 2),
      },
    });
    await route.fulfill({ response: answer, json: contract });
  });
  await page.route(/\/v1\/members(\?|$)/, async (route) => {
    const answer = await route.fetch({
        url: route
          .request()
          .url()
          .replace(/[?&]facade=[A-Z]+/, ""),
      }),
      body = await answer.json();
    await route.fulfill({
      response: answer,
      json: {
        ...body,
        data: body.data?.map((row) => ({ ...row, facade: "BLUE" })),
      },
    });
  });
  await page.reload();
  await visitor.settled();
  await visitor.signIn("NATIONAL");
  await visitor.go("#/structures/nouveau");
  equal(
    await page.evaluate(() => [...document.querySelectorAll("#f-facade option")].map((one) => one.textContent.trim())),
    ["—", "Rouge", "Bleue"],
    "the form",
  );
  await visitor.go("#/structures");
  await page.click("text=Plus de filtres");
  holds((await visitor.text(".others")).includes("Façade"), "the filter");
  await page.click("text=Colonnes");
  await page.check("text=Couleur de la façade");
  await page.waitForSelector("td:has-text('Bleue')");
  holds((await visitor.text("thead")).includes("Couleur de la façade"), "the list");
  const wanted = page.waitForEvent("download");
  await page.click("main .bar >> text=CSV");
  const { readFileSync } = await import("node:fs");
  const text = readFileSync(await (await wanted).path(), "utf8");
  holds(text.includes("Couleur de la façade") && text.includes(";Bleue"), "the export");
  await visitor.go("#/import");
  const template = page.waitForEvent("download");
  await page.click("text=Modèle avec toutes les colonnes");
  holds(
    readFileSync(await (await template).path(), "utf8")
      .split("\r\n")[0]
      .includes("facade"),
    "the template",
  );
  await visitor.go("#/reference");
  await page.fill("#reference-search", "createMember");
  await page.click("details.operation summary");
  await page.waitForSelector("text=Couleur de la façade");
}

export async function w20_service_away(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  visitor.tolerant = true;
  await visitor.go("#/structures/nouveau");
  await page.fill("#f-name", "Gardé");
  await page.route("**/v1/**", (route) => route.abort());
  const began = Date.now();
  await page.evaluate(() => {
    location.hash = "#/delegations";
  });
  await page.waitForSelector("[data-code=offline]");
  holds(Date.now() - began <= 1000, `said after ${Date.now() - began} ms`);
  holds((await visitor.text("#banner")).includes("Hors connexion depuis"), "the banner");
  await page.unroute("**/v1/**");
  await page.click("text=Réessayer");
  await page.waitForSelector("main table");
  await page.waitForSelector("#banner p", { state: "detached" });
  await visitor.go("#/structures/nouveau");
  equal(await page.inputValue("#f-name"), "Gardé", "the draft");
}

export async function w20_shell_without_network(visit) {
  const visitor = await visit({ worker: true }),
    { page } = visitor;
  visitor.tolerant = true;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  for (let turn = 0; turn < 50 && !(await page.evaluate(() => Boolean(navigator.serviceWorker.controller))); turn++)
    await page.waitForTimeout(100);
  await page.reload();
  await visitor.settled();
  await visitor.go("#/delegations");
  await visitor.context.setOffline(true);
  await page.reload();
  await page.waitForSelector("main h1");
  await visitor.go("#/delegations");
  for (let turn = 0; turn < 60 && !(await visitor.text()).includes("Bretagne"); turn++) await page.waitForTimeout(50);
  holds(
    (await visitor.text()).includes("Bretagne"),
    `a public list is readable without network: ${await visitor.text()}`,
  );
  await visitor.go("#/aide");
  holds((await visitor.text("h1")).includes("Aide"), "screens open without network");
  const kept = await page.evaluate(async () => {
    const found = [];
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) found.push(request.url);
    return found;
  });
  holds(
    kept.length > 20 && !kept.some((url) => /\/v1\/(members|appointments|token|passes)/.test(url)),
    "nothing of anybody's is kept",
  );
}

const answers = [
  ["w20_error_500", 500, "internal-error", "L’erreur est de notre fait"],
  ["w21_wait_429", 429, "too-many-requests", "Attente conseillée"],
  ["w20_not_found", 404, "not-found", "hors de votre périmètre"],
];
async function answered(visit, [, status, code, said]) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  visitor.tolerant = true;
  await page.route(/\/v1\/delegations(\?|$)/, (route) =>
    route.fulfill({
      status,
      contentType: "application/problem+json",
      headers: { "Retry-After": "30" },
      body: JSON.stringify({
        type: `${URL_}/v1/problems/${code}`,
        title: "Titre",
        status,
        code,
        detail: "Détail.",
        request_id: "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f",
      }),
    }),
  );
  await visitor.go("#/delegations");
  const text = await visitor.text(".problem");
  holds(text.includes(said) && text.includes("0193b6f2-6c1e"), `${status}: ${text}`);
}
export const w20_error_500 = (visit) => answered(visit, answers[0]);
export const w21_wait_429 = (visit) => answered(visit, answers[1]);
export const w20_not_found = (visit) => answered(visit, answers[2]);

export async function w21_short_wait_is_repeated(visit) {
  const visitor = await visit(),
    { page } = visitor;
  visitor.tolerant = true;
  let asked = 0;
  await page.route(/\/v1\/delegations(\?|$)/, async (route) =>
    asked++
      ? route.continue()
      : route.fulfill({
          status: 503,
          contentType: "application/problem+json",
          headers: { "Retry-After": "1" },
          body: JSON.stringify({
            title: "Indisponible",
            status: 503,
            code: "service-unavailable",
            request_id: "x",
          }),
        }),
  );
  await visitor.go("#/delegations");
  await page.waitForSelector("main table");
  equal(asked >= 2, true, "asked again");
}

export async function w20_unreadable_contract(visit) {
  const visitor = await visit(),
    { page } = visitor;
  visitor.tolerant = true;
  await page.route("**/v1/openapi.json", (route) =>
    route.fulfill({
      status: 200,
      contentType: "application/json",
      body: '{"paths":',
    }),
  );
  await page.reload();
  await page.waitForSelector(".problem");
  holds((await visitor.text()).includes("Le service n’est pas joignable"), "it is said");
  equal(await page.getAttribute("main", "aria-busy"), null, "nothing more is on its way");
  await page.unroute("**/v1/openapi.json");
  await page.click("text=Réessayer");
  await page.waitForSelector("nav.menu");
}

export async function w20_slow_return(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  let asked, answered;
  const held = new Promise((resolve) => (asked = resolve)),
    released = new Promise((resolve) => (answered = resolve));
  await page.route("**/v1/token", async (route) => {
    asked();
    await released;
    await route.continue();
  });
  await page.reload({ waitUntil: "domcontentloaded" });
  await held;
  equal(await page.getAttribute("main", "aria-busy"), "true", "on its way while the session is asked for");
  answered();
  await page.waitForSelector("a.who:not(.button)");
  await visitor.settled();
  equal(await page.getAttribute("main", "aria-busy"), null, "there");
}

export async function w22_print(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/structures?region=53");
  await page.emulateMedia({ media: "print" });
  const seen = await page.evaluate(() => ({
    hidden: ["header", ".filters", ".bar .tools", "footer"].every(
      (one) => getComputedStyle(document.querySelector(one)).display === "none",
    ),
    head: getComputedStyle(document.querySelector("thead")).display,
    address: document.querySelector(".print-only").innerText,
  }));
  holds(seen.hidden, "no menu on paper");
  equal(seen.head, "table-header-group", "the head is repeated");
  holds(seen.address.includes("#/structures?region=53"), "the address is on paper");
}

const onPaper = (pdf) =>
  execFileSync("pdftotext", ["-layout", "-", "-"], { input: pdf, encoding: "utf8" }).split("\f").slice(0, -1);

/** As it comes out of a printer: each page has its number and the head of the table, the last one date and address. */
export async function w22_paper(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/structures?status=ACTIVE");
  const list = onPaper(await page.pdf({ format: "A4", preferCSSPageSize: true }));
  holds(list.length > 1, `${list.length} page`);
  list.forEach((text, index) => {
    holds(new RegExp(`${index + 1} ?/ ?${list.length}`).test(text), `number of page ${index + 1}`);
    holds(/Nom\s.*Département/.test(text), `head of the table on page ${index + 1}: ${text.slice(0, 300)}`);
  });
  // The last column is on the sheet, not beside it.
  const joined = await page.evaluate(() =>
    [...document.querySelectorAll("main tbody tr")].map((row) => row.lastElementChild.innerText.trim()),
  );
  const paper = list.join("");
  holds(joined.length > 20 && joined.every((text) => paper.includes(text)), `the last column: ${joined[0]}`);
  holds(!list.join("").includes("Ma semaine"), "no menu");
  holds(list.at(-1).includes("#/structures?status=ACTIVE"), "the address");
  await visitor.go("#/chiffres?as_of=2023-12-31");
  const figures = onPaper(await page.pdf({ format: "A4" })).join("");
  holds(/31(\/12\/| décembre )2023/.test(figures), "the day of the figures");
}

export async function w23_without_script(visit) {
  const visitor = await visit({ script: false });
  const text = await visitor.page.locator("body").innerText();
  holds(text.includes("contrat d’interface") && text.includes("déclaration d’accessibilité"), "explanation and links");
  for (const path of ["/accessibilite.html", "/mentions.html"])
    equal((await visitor.page.goto(URL_ + path)).status(), 200, path);
}

export async function w02_key_is_kept_nowhere(visit) {
  const visitor = await visit(),
    { page } = visitor;
  await visitor.signIn("NATIONAL");
  const stored = await page.evaluate(
    () => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href,
  );
  holds(!stored.includes(key("NATIONAL")), "the key is not stored");
  const [cookie] = await visitor.context.cookies();
  holds(
    cookie.name.startsWith("__Host-") && cookie.httpOnly && cookie.secure && cookie.sameSite === "Strict",
    `the cookie: ${JSON.stringify({ ...cookie, value: "" })}`,
  );
}

export async function w02_session_of_a_person(visit) {
  const visitor = await visit(),
    { page } = visitor;
  visitor.tolerant = true;
  await visitor.go("#/session");
  await page.fill("#email", process.env.MAILLAGE_ACCOUNT_STRUCTURE);
  await page.fill("#password", "certainement pas");
  await page.press("#password", "Enter");
  await page.waitForSelector(".failure .problem");
  equal(await page.inputValue("#email"), process.env.MAILLAGE_ACCOUNT_STRUCTURE, "the address stays");
  await page.fill("#password", process.env.MAILLAGE_PASSWORD_STRUCTURE);
  await page.press("#password", "Enter");
  await page.waitForSelector("a.who:not(.button)");
  await page.reload();
  await page.waitForSelector("a.who:not(.button)");
  await visitor.go("#/pass?state=VALID");
  await page.waitForSelector("main table");
  await visitor.go("#/session");
  await page.click("text=Fermer la session");
  await page.waitForSelector("a.who.button");
  await page.reload();
  await page.waitForSelector("a.who.button");
}
