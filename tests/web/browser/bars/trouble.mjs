// What goes wrong while somebody types: each failure has its sentence, and nothing typed is lost.
import { api, equal, holds, key, member, name, siret, URL_ } from "../visitor.mjs";

const problem = (status, code, more = {}) => ({
  status,
  contentType: "application/problem+json",
  headers: { "Retry-After": "30" },
  body: JSON.stringify({
    type: `${URL_}/v1/problems/${code}`,
    title: "Titre du service",
    status,
    code,
    detail: "Détail.",
    request_id: "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f",
    ...more,
  }),
});
const ANSWERS = [
  [problem(500, "internal-error"), "L’erreur est de notre fait"],
  [problem(503, "service-unavailable"), "momentanément indisponible"],
  [problem(429, "too-many-requests"), "Attente conseillée : 30 s"],
  [problem(409, "wrong-state"), "relisez-la"],
  [problem(403, "forbidden"), "n’a pas ce droit"],
  [{ status: 502, contentType: "text/html", body: "<h1>Bad Gateway</h1>" }, "pas dans la forme prévue"],
  [{ status: 201, contentType: "application/json", body: '{"id":' }, "pas dans la forme prévue"],
];

export async function w20_form_survives_every_answer(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor,
    called = name(),
    number = siret();
  visitor.tolerant = true;
  let answer = null;
  await page.route("**/v1/members", (route) =>
    route.request().method() === "POST" && answer ? route.fulfill(answer) : route.continue(),
  );
  await visitor.go("#/structures/nouveau");
  await page.fill("#f-siret", number);
  await page.fill("#f-name", called);
  await page.selectOption("#f-kind", "AI");
  await page.fill("#f-commune_code", "35238");
  for (const [given, said] of ANSWERS) {
    answer = given;
    await page.click("main button.main");
    await page.waitForSelector(`#form-summary .problem:has-text("${said}")`);
    equal(await page.inputValue("#f-name"), called, `what was typed after ${given.status}`);
    equal(await page.evaluate(() => document.activeElement.id), "form-summary", "focus on what happened");
  }
  answer = null;
  await page.click("main button.main");
  await page.waitForSelector(".tabs");
  equal((await api("GET", `/v1/members?siret=${number}`)).data.data.length, 1, "records in the end");
}
w20_form_survives_every_answer.seconds = 90;

export async function w20_session_ends_while_typing(visit) {
  const { data } = await member();
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor,
    hash = `#/structures/${data.id}/modifier`;
  visitor.tolerant = true;
  await visitor.go(hash);
  await page.fill("#f-address", "4 rue du Retour");
  await visitor.context.clearCookies();
  await page.click("main button.main");
  await page.waitForSelector("text=Votre session a pris fin");
  await page.fill("#key", key("NATIONAL"));
  await page.press("#key", "Enter");
  await page.waitForSelector("#f-address");
  equal(await page.evaluate(() => location.hash), hash, "the address one was at");
  equal(await page.inputValue("#f-address"), "4 rue du Retour", "what was typed");
  await page.click("main button.main");
  await page.waitForSelector(".tabs");
  equal((await api("GET", `/v1/members/${data.id}`)).data.address, "4 rue du Retour", "address");
}

export async function w20_drafts_are_nobody_elses(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  visitor.tolerant = true;
  await visitor.go("#/structures/nouveau");
  await page.fill("#f-name", "Brouillon du siège");
  await visitor.context.clearCookies();
  await page.click("main button.main");
  await visitor.go("#/delegations");
  await visitor.go("#/mandats");
  await visitor.signIn("DELEGATION_BRETAGNE");
  const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  holds(!kept.includes("Brouillon du siège"), `another person finds the draft: ${kept}`);
}

export async function w20_first_load_breaks_off(visit) {
  const visitor = await visit(),
    { page } = visitor;
  visitor.tolerant = true;
  await page.route("**/app/core/contract.js", (route) => route.abort());
  await page.reload();
  await page.waitForSelector("#late:visible");
  holds((await visitor.text()).includes("n’est pas arrivé en entier"), "it is said");
  await page.unroute("**/app/core/contract.js");
  await page.click("text=Recharger la page");
  await page.waitForSelector("nav.menu");
  equal(await page.$("#late"), null, "the notice is gone");
}

export async function w20_screen_that_does_not_arrive(visit) {
  const visitor = await visit(),
    { page } = visitor;
  visitor.tolerant = true;
  await page.route("**/app/screens/check.js", (route) => route.abort());
  await page.evaluate(() => {
    location.hash = "#/verifier";
  });
  await page.waitForSelector("main .problem");
  holds((await visitor.text()).includes("Cet écran n’est pas disponible"), "it is said");
}

/** Long work says how far it is, and ten thousand lines are the most that a page reads: more is said, not hidden. */
export async function w20_ten_thousand_rows(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  let pages = 0,
    go;
  const seen = new Promise((resolve) => {
    go = resolve;
  });
  await page.route(/\/v1\/members\?.*limit=500/, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    // What the filters count asks for few fields; an export asks for all.
    if (query.has("fields")) return route.continue();
    const answer = await route.fetch({ url: `${URL_}/v1/members?limit=500` });
    const { data, page: told } = await answer.json();
    // The third page waits until the progress has been read.
    if (++pages === 3) await seen;
    return route.fulfill({
      response: answer,
      json: { data, page: { ...told, has_more: true, next: `/v1/members?cursor=page${pages}` } },
    });
  });
  await visitor.go("#/structures");
  const wanted = page.waitForEvent("download", { timeout: 40000 });
  await page.click("main .bar >> text=CSV");
  await page.waitForSelector("text=/Export : [1-9].* lues/");
  go();
  await wanted;
  await page.waitForSelector("text=/Les 10.000 premières lignes sont dans le fichier/");
  equal(pages, 20, "pages that were read");
}
