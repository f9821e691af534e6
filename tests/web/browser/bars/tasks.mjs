// What people do: change, be refused, meet somebody else's change, import, export. Clicks are counted in budget.mjs.
import { readFileSync } from "node:fs";
import { api, equal, holds, member, name, siret, URL_ } from "../visitor.mjs";

export async function w21_change_is_taken_back(visit) {
  const { data } = await member({ website: "https://avant.example" });
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go(`#/structures/${data.id}/modifier`);
  await page.fill("#f-website", "https://apres.example");
  await page.click("main button.main");
  await page.waitForSelector(".tabs");
  holds((await visitor.text()).includes("apres.example"), "the change is there");
  await page.click("#toasts >> text=Annuler");
  await page.waitForSelector("text=Changement annulé");
  await page.waitForSelector("main >> text=avant.example");
  equal((await api("GET", `/v1/members/${data.id}`)).data.website, "https://avant.example", "the value that was there");
}

// Tab until the wanted element has the focus; what has the focus must always be visible and outlined.
async function tabTo(visitor, wanted, most = 80) {
  for (let step = 0; step < most; step++) {
    await visitor.page.keyboard.press("Tab");
    const at = await visitor.page.evaluate((selector) => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      return {
        here: one.matches(selector),
        outlined: one === document.body || style.outlineStyle !== "none",
        what: one.outerHTML.slice(0, 120),
      };
    }, wanted);
    holds(at.outlined, `no visible focus on ${at.what}`);
    if (at.here) return;
  }
  throw new Error(`the keyboard does not reach ${wanted}`);
}

export async function w12_keyboard_only(visit) {
  const { data } = await member();
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.waitForSelector("main table");
  await visitor.settled();
  equal(await page.evaluate(() => document.activeElement.tagName), "H1", "focus after a change of screen");
  await page.keyboard.press("j");
  holds(await page.evaluate(() => document.activeElement.matches(".row-link")), "j goes to the first row");
  await visitor.go(`#/structures/${data.id}`);
  await page.keyboard.press("e");
  await page.waitForSelector("#f-phone");
  await tabTo(visitor, "#f-phone", 120);
  await page.keyboard.type("02 99 00 00 01");
  await tabTo(visitor, "button.main", 60);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".tabs");
  equal((await api("GET", `/v1/members/${data.id}`)).data.phone, "+33299000001", "phone");
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Escape");
  holds(await page.evaluate(() => !document.querySelector("dialog[open]")), "Escape closes the dialog");
}

export async function w12_filter_by_keyboard(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/structures");
  await tabTo(visitor, "details.choice summary");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.waitForSelector(".tags");
  holds((await page.evaluate(() => location.hash)).includes("kind=AI"), "the filter is in the address");
  await page.keyboard.press("Escape");
  equal(await page.evaluate(() => document.activeElement.tagName), "SUMMARY", "focus after closing a menu");
  await page.goBack();
  await page.waitForSelector(".tags", { state: "detached" });
}

export async function w12_faults_at_their_fields(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/structures/nouveau");
  await page.fill("#f-siret", "732 829 320 00075");
  await page.fill("#f-email", "pas une adresse");
  await page.click("main button.main");
  await page.waitForSelector("#form-summary li");
  equal(await page.evaluate(() => document.activeElement.id), "form-summary", "focus on the summary");
  holds((await visitor.text("#form-summary")).includes("La clé du SIRET est fausse"), "the fault says why");
  const described = await page.evaluate(
    () =>
      document.getElementById(
        document.getElementById("f-siret").getAttribute("aria-describedby").trim().split(" ").at(-1),
      ).textContent,
  );
  holds(described.includes("clé"), "the field is described by its fault");
  await page.click("#form-summary a >> nth=0");
  holds(await page.evaluate(() => document.activeElement.id.startsWith("f-")), "the summary leads to the field");
  equal(await page.inputValue("#f-email"), "pas une adresse", "what was typed stays");
}

export async function w12_refusal_of_the_service_at_its_field(visit) {
  const { data } = await member();
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/structures/nouveau");
  await page.fill("#f-siret", siret());
  await page.fill("#f-name", data.name);
  await page.selectOption("#f-kind", "AI");
  await page.fill("#f-commune_code", "99999");
  await page.click("main button.main");
  await page.waitForSelector("#form-summary .problem");
  holds((await visitor.text("#form-summary")).length > 20, "a sentence");
  equal(await page.inputValue("#f-name"), data.name, "what was typed stays");
}

export async function w20_draft_is_kept(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/structures/nouveau");
  await page.fill("#f-name", "Brouillon d’essai");
  await visitor.go("#/aide");
  await visitor.go("#/structures/nouveau");
  equal(await page.inputValue("#f-name"), "Brouillon d’essai", "the draft");
  holds((await visitor.text()).includes("Brouillon repris"), "it is said");
  holds(
    await page.evaluate(() => !JSON.stringify({ ...localStorage }).includes("Brouillon")),
    "no draft outlives the tab",
  );
}

export async function w21_double_submit_is_one_record(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor,
    called = name();
  const keys = [];
  page.on("request", (request) => {
    if (request.method() === "POST") keys.push(request.headers()["idempotency-key"]);
  });
  // The first answer is lost on the way: the visitor sends again.
  let lost = 0;
  await page.route("**/v1/members", async (route) => {
    if (route.request().method() === "POST" && !lost++) {
      await route.fetch();
      await route.abort();
    } else await route.continue();
  });
  await visitor.go("#/structures/nouveau");
  await page.fill("#f-siret", siret());
  await page.fill("#f-name", called);
  await page.selectOption("#f-kind", "AI");
  await page.fill("#f-commune_code", "35238");
  await page.click("main button.main");
  await page.waitForSelector("#form-summary .problem");
  equal(await page.inputValue("#f-name"), called, "what was typed stays");
  await page.dblclick("main button.main");
  await page.waitForSelector(".tabs");
  holds(keys.length >= 2 && new Set(keys).size === 1 && keys[0], `one key for both: ${keys}`);
  equal((await api("GET", `/v1/members?q=${encodeURIComponent(called)}`)).data.data.length, 1, "records");
}

export async function w21_conflict_in_three_columns(visit) {
  const { data, etag } = await member({
    phone: "+33299000001",
    website: "https://avant.example",
  });
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go(`#/structures/${data.id}/modifier`);
  await page.fill("#f-phone", "02 99 00 00 02");
  await page.fill("#f-address", "2 rue de l’Essai");
  await api("PATCH", `/v1/members/${data.id}`, {
    body: { phone: "+33299000003", website: "https://apres.example" },
    headers: { "If-Match": etag },
  });
  await page.click("main button.main");
  await page.waitForSelector("table.merge");
  equal(
    await page.evaluate(() =>
      [...document.querySelectorAll("table.merge tbody tr")].map((row) =>
        row.innerText.replace(/[\u202f\s]+/g, " ").trim(),
      ),
    ),
    ["Téléphone 02 99 00 00 01 02 99 00 00 02 02 99 00 00 03"],
    "the only field that both changed",
  );
  await page.check("input[value=theirs]");
  await page.click("text=Enregistrer ce choix");
  await page.waitForSelector(".tabs");
  const now = (await api("GET", `/v1/members/${data.id}`)).data;
  equal(
    [now.phone, now.address, now.website],
    ["+33299000003", "2 rue de l’Essai", "https://apres.example"],
    "theirs, mine, untouched",
  );
}

export async function w26_export_equals_view(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/structures?region=53&status=ACTIVE&sort=-joined_on");
  const view = await page.evaluate(() => ({
    heads: [...document.querySelectorAll("main thead th")].map(
      (one) =>
        (one.querySelector("button") ?? one).childNodes[0].textContent.trim() || one.innerText.split("\n")[0].trim(),
    ),
    rows: [...document.querySelectorAll("main tbody tr")].map((row) =>
      [...row.children].map((cell) =>
        cell.innerText
          .replace(/[\u00a0\u202f]/g, "")
          .replace("—", "")
          .trim(),
      ),
    ),
  }));
  const wanted = page.waitForEvent("download");
  await page.click("main .bar >> text=CSV");
  const text = readFileSync(await (await wanted).path(), "utf8");
  holds(text.startsWith("\ufeff"), "the mark that spreadsheets look for");
  const lines = text
    .slice(1)
    .trim()
    .split("\r\n")
    .map((line) => line.split(";").map((cell) => cell.replace(/^"|"$/g, "").replaceAll('""', '"').replace(/^'/, "")));
  equal(lines[0].length, view.heads.length, "columns");
  equal(lines.slice(1, view.rows.length + 1), view.rows, "rows");
}

const lines = (rows) => rows.map((row) => row.join(";")).join("\r\n");

export async function w20_import_with_faults(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor,
    good = siret(),
    called = name();
  await visitor.go("#/import");
  const text = lines([
    ["SIRET", "Nom", "Type de structure", "Commune", "Inconnue"],
    [good, called, "Association intermédiaire", "35238", "x"],
    ["73282932000075", "Clé fausse", "AI", "35238", ""],
  ]);
  await page.setInputFiles("#import-file", {
    name: "essai.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(text.replaceAll("é", "\u00e9"), "latin1"),
  });
  await page.waitForSelector("text=Windows-1252");
  equal(
    await page.evaluate(() => [...document.querySelectorAll("tbody select")].map((one) => one.value)),
    ["siret", "name", "kind", "commune_code", ""],
    "columns are recognised",
  );
  await page.click("text=Essayer sans enregistrer");
  await page.waitForSelector("td.wrong");
  holds((await visitor.text()).includes("rien n’est encore enregistré"), "it is said that nothing is stored");
  equal((await api("GET", `/v1/members?siret=${good}`)).data.data.length, 0, "nothing is stored");
  const wanted = page.waitForEvent("download");
  await page.click("button:has-text('Lignes refusées')");
  holds(readFileSync(await (await wanted).path(), "utf8").includes("Clé fausse"), "the refused row comes back");
  await page.click("text=Importer 1 ligne");
  await page.waitForSelector("text=C’est importé");
  equal((await api("GET", `/v1/members?siret=${good}`)).data.data[0].name, called, "the good row is stored");
}

export async function w20_import_of_odd_files(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/import");
  const give = async (buffer, said) => {
    await page.setInputFiles("#import-file", {
      name: "essai.csv",
      mimeType: "text/csv",
      buffer,
    });
    await page.waitForSelector(`text=${said}`);
  };
  await give(Buffer.from("PK\u0003\u0004\u0000rien"), "C’est un classeur");
  await give(Buffer.from([0x61, 0, 0x62]), "Ce n’est pas un fichier de texte");
  await give(Buffer.from("siret"), "Rien à importer");
  await give(Buffer.from(`siret\n${"73282932000074\n".repeat(10000)}`), "Fichier trop long");
  await give(Buffer.alloc(9 * 1024 * 1024, 97), "8 au plus");
  await give(
    Buffer.from(`siret;description\n73282932000074;${"x".repeat(2 * 1024 * 1024)}`),
    "Quelle colonne est quoi",
  );
}

export async function w07_unknown_value_is_shown(visit) {
  const { data } = await member();
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await page.route(`**/v1/members/${data.id}`, async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    await route.fulfill({
      response: answer,
      json: { ...body, kind: "NOUVEAU" },
    });
  });
  await visitor.go(`#/structures/${data.id}`);
  holds((await visitor.text()).includes("NOUVEAU (valeur inconnue)"), "an unknown code is shown as it is");
  await visitor.go(`#/structures/${data.id}/modifier`);
  equal(await page.inputValue("#f-kind"), "NOUVEAU", "and stays in the form");
}

export { URL_ };

/** A refusal is taken back while its notice stands; the contract names the reverse. */
export async function w21_refusal_is_taken_back(visit) {
  const {
    data: [stay],
  } = (await api("GET", "/v1/vacation-projects?state=UNDER_REVIEW&limit=1&fields=id")).data;
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go(`#/sejours/${stay.id}/action/refuse`);
  await page.fill("#f-reason", "Essai d’un refus");
  await page.click("main button.main");
  await page.click("#toasts >> text=Annuler");
  await page.waitForSelector("text=Changement annulé");
  equal((await api("GET", `/v1/vacation-projects/${stay.id}`)).data.state, "UNDER_REVIEW", "the state that it had");
}
