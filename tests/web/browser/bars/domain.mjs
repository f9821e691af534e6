// Screens of the domain: what each must say, and the rules of accessibility on all of them.
import { readFileSync } from "node:fs";
import { api, equal, holds, member, name } from "../visitor.mjs";
import { AXE, judge } from "./screens.mjs";

const first = async (path, as = "NATIONAL") => (await api("GET", path, { as })).data.data[0];
const campaign = () => first("/v1/pass-campaigns?status=OPEN&limit=1&fields=id,code");
const numbers = (text) =>
  [...text.matchAll(/\d[\d\u202f]*/g)].map((found) => Number(found[0].replaceAll("\u202f", "")));

/** The screen says so, at once or when its answers have come. */
async function says(visitor, wanted) {
  for (let turn = 0; turn < 60; turn++) {
    if ((await visitor.text()).includes(wanted)) return;
    await visitor.page.waitForTimeout(50);
  }
  throw new Error(`not said: ${wanted}`);
}

const cells = (visitor, caption) =>
  visitor.page.evaluate((wanted) => {
    const table = [...document.querySelectorAll("main table")].find((one) =>
      one.caption?.textContent.trim().startsWith(wanted),
    );
    return table ? [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim())) : null;
  }, caption);

/** Everything of a summary stands in tables with its title; what is hidden is said and never a blank. */
export async function w27_campaign_summary(visit) {
  const { id } = await campaign();
  const { data } = await api("GET", `/v1/pass-campaigns/${id}/summary`);
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go(`#/campagnes/${id}/summary`);
  const progress = await cells(visitor, "Avancement par délégation");
  equal(progress.length, data.delegations.length + 2, "lines of the progress");
  const breton = data.delegations.find((one) => one.label === "Bretagne");
  equal(
    numbers(
      progress
        .find((row) => row[0] === "Bretagne")
        .slice(1, 6)
        .join(" "),
    ),
    [breton.invited, breton.started, breton.submitted, breton.validated, breton.late],
    "progress of Bretagne",
  );
  const ages = await cells(visitor, "Tranches d’âge, par délégation");
  const hidden = data.delegations.find((one) => one.by_age_band.UNDER_26 === null);
  equal(ages.find((row) => row[0] === hidden.label)[1], "caché", "a hidden number");
  holds(
    /caché, et avec lui ce qui permettrait de le déduire/.test(await visitor.text()),
    "why numbers are hidden is not said",
  );
  await visitor.page.selectOption("#summary-of", { label: "Bretagne" });
  await says(visitor, `des ${breton.invited} structures invitées`);
}

/** An object within a record is a table of its parts under their titles, on the sheet and in a file. */
export async function w27_nested_values(visit) {
  const { id } = await campaign();
  const row = await first(`/v1/pass-campaigns/${id}/answers?state=SUBMITTED&limit=1`, "DELEGATION_BRETAGNE");
  const visitor = await visit({ as: "DELEGATION_BRETAGNE" });
  await visitor.go(`#/pass-campaign-answers/${row.id}`);
  const ages = await cells(visitor, "Effectifs par tranche d’âge");
  equal(ages[0], ["Répartition", "Nombre", "Part"], "heads of a distribution");
  equal(
    numbers(
      ages
        .slice(1)
        .map((line) => line[1])
        .join(" "),
    ).reduce((sum, one) => sum + one, 0),
    row.people_count,
    "sum of a distribution",
  );
  const line = await visitor.page.evaluate(async () => {
    const { plain } = await import("/app/ui/value.js");
    const { default: contract, field } = await import("/app/core/contract.js");
    const answer = contract.answer(contract.operation("getPassCampaignAnswer"));
    const of = contract.fields(answer).find((one) => one.name === "by_rqth");
    return plain(of ?? field("", {}), { YES: 12, NO: 5 });
  });
  equal(line, "Travailleurs handicapés reconnus : 12 ; Sans reconnaissance : 5", "an object in one line");
}

/** Only what the state of a record allows is offered, as the contract says it. */
export async function w27_actions_by_state(visit) {
  const { id } = await campaign();
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go(`#/campagnes/${id}`);
  const offered = await visitor.page.evaluate(() =>
    [...document.querySelectorAll("main .top .tools a")].map((one) => one.textContent.trim()),
  );
  equal(offered, ["Clore une campagne", "Modifier"], "actions on an open campaign");
}

/** The week is a queue: what is late first, each line leads to its record, its decisions are one click away and come back. */
export async function w27_week_is_a_queue(visit) {
  const visitor = await visit({ as: "DELEGATION_BRETAGNE" });
  await visitor.go("#/");
  await visitor.page.waitForSelector("ol.queue");
  const sections = await visitor.page.evaluate(() =>
    [...document.querySelectorAll("ol.queue")].map((list) => ({
      title: list.previousElementSibling.textContent,
      days: [...list.querySelectorAll(".day")].map((day) => day.textContent.trim().split(" ").at(-1)),
    })),
  );
  const days = sections
    .flatMap((section) => section.days.filter(Boolean))
    .map((day) => day.split("/").reverse().join("-"));
  holds(days.length > 10, `only ${days.length} lines with a day`);
  equal(days, [...days].sort(), "order of the queue");
  equal(sections[0].title, "En retard", "the first section");
  const id = (await campaign()).id;
  const wait = await api("GET", `/v1/pass-campaigns/${id}/answers?state=SUBMITTED&sort=submitted_on&limit=5`, {
    as: "DELEGATION_BRETAGNE",
  });
  const decide = visitor.page.locator(`.decide a[href*="${wait.data.data[0].id}/action/validate"]`);
  equal(await decide.innerText(), "Valider", "the decision on the line");
  await decide.click();
  await visitor.page.waitForSelector("form.made");
  await visitor.page.click("text=Annuler");
  await visitor.page.waitForSelector("ol.queue");
}

/** Rates stand with their denominator, and a group is a line of the table. */
export async function w27_outcome_rates(visit) {
  const { data } = await api("GET", "/v1/statistics/pass-outcomes?year=2026&by=region");
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go("#/sorties?year=2026&by=region");
  await says(visitor, "sorties dynamiques sur");
  const text = (await visitor.text()).replaceAll("\u202f", "");
  holds(
    text.includes(`${data.total.dynamic} sorties dynamiques sur ${data.total.counted} sorties comptées`),
    "the denominator",
  );
  const table = await cells(visitor, "Taux de sorties dynamiques par groupe");
  equal(table.length, data.groups.length + 2, "lines of the groups");
  const [group] = data.groups;
  equal(numbers(table.find((row) => row[0] === group.label)[1]), [group.counted], "denominator of a group");
}

/** The forecast by month and region, and what it would be if everybody suspended came back. */
export async function w27_forecast_by_region(visit) {
  const { data } = await api("GET", "/v1/statistics/pass-expiries?by=region&from=2026-11-01&to=2027-02-28");
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go("#/echeances?by=region&from=2026-11-01&to=2027-02-28");
  const breton = (measure) =>
    data.groups
      .filter((row) => row.label === "Bretagne")
      .map((row) => (row[measure] === null ? "caché" : String(row[measure])));
  const shown = async (title) =>
    (await cells(visitor, title))
      .find((row) => row[0] === "Bretagne")
      .slice(1)
      .map((one) => one.replaceAll("\u202f", ""));
  equal(await shown("Fins déclarées, par mois et groupe"), breton("declared"), "declared ends of Bretagne");
  await visitor.page.click("main .tools a:has-text('Fins si tous reprenaient')");
  await says(visitor, "Fins si tous reprenaient, par mois et groupe");
  equal(await shown("Fins si tous reprenaient, par mois et groupe"), breton("resumed"), "resumed ends of Bretagne");
}

/** The diagnostic sheet is filled in need by need, faults stand at their need, and what is saved is what was chosen. */
export async function w27_diagnostic_sheet(visit) {
  const pass = await first("/v1/passes?state=SUSPENDED&sort=-ends_on&limit=1&fields=id", "STRUCTURE");
  const path = `/v1/passes/${pass.id}/diagnostic-sheet`;
  const before = await api("GET", path, { as: "STRUCTURE" });
  const visitor = await visit({ as: "STRUCTURE" }),
    { page } = visitor;
  await visitor.go(`#/pass/${pass.id}/diagnostic-sheet`);
  equal(await page.locator("fieldset.need").count(), 14, "needs");
  const need = page.locator("fieldset.need", { hasText: "Mobilité" }).first();
  await need.getByLabel("Action prévue").selectOption({ label: "Formation" });
  await page.click("form.made button.main");
  await says(visitor, "Une entrée est à corriger");
  await need.getByLabel("−", { exact: true }).check();
  await need.getByLabel("Actions menées", { exact: true }).selectOption({ label: "Ateliers" });
  await page.click("form.made button.main");
  await page.waitForSelector(".toast");
  const { data, etag } = await api("GET", path, { as: "STRUCTURE" });
  equal(
    data.items.find((item) => item.need === "MOBILITY"),
    { need: "MOBILITY", level: "MINUS", actions_done: ["WORKSHOPS"], planned_action: "TRAINING" },
    "the need as it was filled in",
  );
  equal(await page.evaluate(() => JSON.stringify(sessionStorage).includes("MINUS")), false, "kept in the browser");
  await api("PUT", path, { as: "STRUCTURE", body: { items: before.data.items }, headers: { "If-Match": etag } });
}

const waitingSession = async () =>
  (await api("GET", "/v1/training-sessions?state=OPEN,CONFIRMED&limit=200")).data.data.find(
    (row) => row.seats_waiting > 1,
  );

/** A session says its places, who waits in which order by which rule, and which documents are due. */
export async function w27_session_queue(visit) {
  const session = await waitingSession();
  const { data } = await api("GET", `/v1/training-sessions/${session.id}/enrolments?state=WAITLISTED&limit=100`);
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go(`#/sessions/${session.id}`);
  await says(visitor, "Liste d’attente");
  await says(visitor, "Documents à produire");
  const queue = await cells(visitor, "Liste d’attente");
  equal(
    queue.slice(1).map((row) => `${row[0]} ${row[1]}`),
    data.data
      .sort((one, other) => one.queue_position - other.queue_position)
      .map((one) => `${one.queue_position} ${one.family_name}`),
    "the queue in its order",
  );
  await says(visitor, `Places prises : ${session.seats_taken}`);
  await visitor.go(`#/sessions/${session.id}/evaluations`);
  const marks = await cells(visitor, "Évaluations par moment");
  equal(
    marks.slice(1).map((row) => row[0]),
    ["À chaud", "À froid"],
    "moments of the evaluations",
  );
}

/** A line of the budget is stored at once and the rules are judged anew, on the same screen. */
export async function w27_stay_live_checks(visit) {
  const stay = await first("/v1/vacation-projects?state=DRAFT&limit=1&fields=id,actions", "STRUCTURE");
  const visitor = await visit({ as: "STRUCTURE" }),
    { page } = visitor;
  await visitor.go(`#/sejours/${stay.id}`);
  await says(visitor, "Toutes les règles sont tenues");
  await says(visitor, "Le budget est équilibré");
  await page.click("text=Ajouter une ligne de budget");
  await page.selectOption("#f-side", { label: "Dépense" });
  await page.selectOption("#f-kind", { label: "Transport" });
  await page.fill("#f-label", "Essai");
  await page.fill("#f-planned_cents", "123,45");
  await page.click(".add-place button.main");
  await says(visitor, "manque 123,45");
  await says(visitor, "à revoir");
  await page.click("text=Retirer une ligne >> nth=-1");
  await page.locator("li", { hasText: "Essai" }).getByRole("button").click();
  await says(visitor, "Toutes les règles sont tenues");
  const { data } = await api("GET", `/v1/vacation-projects/${stay.id}/budget-lines?limit=500`, { as: "STRUCTURE" });
  holds(!data.data.some((line) => line.label === "Essai"), "the line was taken back");
}

/** The funder's file comes whole from the service, for a French spreadsheet. */
export async function w27_funder_file(visit) {
  const { id } = await first("/v1/vacation-conventions?limit=1&fields=id");
  const { data } = await api("GET", `/v1/vacation-conventions/${id}/funder-lines?limit=500`);
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go(`#/enveloppes/${id}`);
  const [file] = await Promise.all([
    visitor.page.waitForEvent("download"),
    visitor.page.click("text=Fichier du financeur >> nth=0"),
  ]);
  const text = readFileSync(await file.path(), "utf8");
  equal(text.trim().split("\r\n").length, data.data.length + 1, "lines of the file");
  holds(text.startsWith("\ufeff") && text.includes(";"), "the form of the file");
}

/** Attendance is written for everybody at once, by name; nobody types an identifier. */
export async function w27_attendance_by_name(visit) {
  const session = await first("/v1/training-sessions?state=DONE&limit=1&fields=id");
  const { data } = await api("GET", `/v1/training-sessions/${session.id}/enrolments?state=CONFIRMED&limit=200`);
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go(`#/sessions/${session.id}/attendance/nouveau`);
  await visitor.page.waitForSelector("fieldset.one");
  const names = await visitor.page.locator("fieldset.one > legend").allInnerTexts();
  equal(
    [...names].sort(),
    data.data.map((one) => `${one.family_name} ${one.given_name}`).sort(),
    "people of the sheet",
  );
  const kinds = await visitor.page.locator("#f-slot_id option").allInnerTexts();
  holds(
    kinds.some((text) => /^\d\d\/\d\d\/\d{4} (matin|après-midi)$/.test(text.trim())),
    `half-days: ${kinds}`,
  );
}

/** A secret that is shown once stays on screen until it is copied. */
export async function w27_secret_shown_once(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/calendar-links/nouveau");
  await page.selectOption("#f-kind", { index: 1 });
  await page.fill("#f-label", name());
  await page.click("form.made button.main");
  await page.waitForSelector("code.secret");
  const secret = await page.innerText("code.secret");
  holds(/\/v1\/calendars\/.+\.ics$/.test(secret), `the address: ${secret.slice(0, 30)}`);
  const answer = await fetch(new URL(new URL(secret).pathname, process.env.MAILLAGE_URL));
  equal(answer.status, 200, "the calendar answers");
  await page.click("text=C’est copié, continuer");
  await visitor.settled();
  holds(!(await visitor.text()).includes(secret), "the secret is gone");
}

/** Every state has its own column with its exact number, however crowded the others are. */
export async function w27_board_counts(visit) {
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go("#/structures?vue=etats");
  await says(visitor, "En sursis");
  for (const status of ["APPLICANT", "ACTIVE", "GRACE", "ENDED"]) {
    const { data } = await api("GET", `/v1/members?status=${status}&limit=1`, { headers: { Prefer: "count=exact" } });
    const title = { APPLICANT: "Candidate", ACTIVE: "Adhérente", GRACE: "En sursis", ENDED: "Sortie" }[status];
    const shown = await visitor.page.locator(".board h2", { hasText: title }).innerText();
    equal(numbers(shown), [data.page.total], `number of ${title}`);
  }
}

/** Around a delegation its people and structures; what changed in a record is said with the titles of its properties. */
export async function w27_network_sheets(visit) {
  const bretagne = (await api("GET", "/v1/delegations?limit=50")).data.data.find((one) => one.name === "Bretagne");
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go(`#/delegations/${bretagne.id}`);
  await says(visitor, "Équipe et mandats à ce jour");
  const members = await api("GET", `/v1/members?delegation=${bretagne.id}&status=ACTIVE,GRACE&limit=1`, {
    headers: { Prefer: "count=exact" },
  });
  await says(visitor, `Structures adhérentes : ${members.data.page.total}`);
  const { data, etag } = await member({ phone: "+33199000001" });
  await api("PATCH", `/v1/members/${data.id}`, { body: { phone: "+33199000002" }, headers: { "If-Match": etag } });
  await visitor.go(`#/structures/${data.id}/history`);
  await says(visitor, "Téléphone : 01\u202f99\u202f00\u202f00\u202f01 → 01\u202f99\u202f00\u202f00\u202f02");
}

async function screens() {
  const bretagne = (await api("GET", "/v1/delegations?limit=50")).data.data.find((one) => one.name === "Bretagne");
  const group = await first("/v1/groups?limit=1&fields=id");
  const stay = await first("/v1/vacation-projects?state=DRAFT&limit=1&fields=id", "STRUCTURE");
  const judged = await first("/v1/vacation-projects?state=SUBMITTED&limit=1&fields=id");
  const envelope = await first("/v1/vacation-conventions?limit=1&fields=id");
  const done = await first("/v1/training-sessions?state=DONE&limit=1&fields=id");
  const session = await waitingSession();
  const course = await first("/v1/courses?limit=1&fields=id");
  const pass = await first("/v1/passes?state=SUSPENDED&sort=-ends_on&limit=1&fields=id", "STRUCTURE");
  const { id } = await campaign();
  const answer = await first(`/v1/pass-campaigns/${id}/answers?limit=1&fields=id`);
  return {
    NATIONAL: [
      "#/",
      `#/delegations/${bretagne.id}`,
      `#/groupes/${group.id}`,
      "#/structures?vue=etats",
      "#/cles",
      "#/mandats",
      "#/calendar-links",
      "#/journal",
      "#/session",
      "#/sorties?year=2026",
      "#/sorties?year=2011",
      "#/echeances?lecture=resumed",
      `#/sessions/${session.id}`,
      `#/sessions/${session.id}/evaluations`,
      `#/catalogue/${course.id}`,
      `#/sejours/${judged.id}`,
      `#/enveloppes/${envelope.id}`,
      `#/enveloppes/${envelope.id}/funder-lines`,
      `#/sessions/${done.id}/attendance/nouveau`,
      `#/sessions/${done.id}/documents/nouveau`,
      "#/training-steps?state=LATE,DUE",
      "#/training-invoices",
      `#/campagnes/${id}`,
      `#/campagnes/${id}/summary`,
      `#/campagnes/${id}/answers`,
      `#/campagnes/${id}/reminders`,
      `#/pass-campaign-answers/${answer.id}`,
    ],
    STRUCTURE: ["#/", `#/sejours/${stay.id}`, `#/sejours/${stay.id}/modifier`, `#/pass/${pass.id}/diagnostic-sheet`],
    DELEGATION_BRETAGNE: ["#/", `#/campagnes/${id}/summary`, `#/campagnes/${id}/lines`],
  };
}

async function sweep(visit, shape) {
  const told = [];
  for (const [as, hashes] of Object.entries(await screens())) {
    const visitor = await visit({ ...shape, as });
    await visitor.page.evaluate(AXE);
    for (const hash of hashes) await judge(visitor, hash, told);
  }
  holds(!told.length, told.join("\n"));
}

export const w04_domain_light_wide = (visit) => sweep(visit, { width: 1280 });
export const w04_domain_dark_narrow = (visit) => sweep(visit, { width: 320, height: 800, dark: true });
for (const bar of [w04_domain_light_wide, w04_domain_dark_narrow]) bar.seconds = 170;

/** The BPF on paper: every frame with its lines and totals as the service gives them, what is missing, and no navigation. */
export async function w22_bpf_printed(visit) {
  const year = 2023;
  const { data } = await api("GET", `/v1/reports/bpf?year=${year}`);
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go(`#/bpf?year=${year}`);
  await page.waitForSelector(".bpf-frame");
  await page.emulateMedia({ media: "print" });
  const seen = await page.evaluate(() => ({
    frames: [...document.querySelectorAll(".bpf-frame")]
      .filter((one) => one.getClientRects().length)
      .map((one) => [one.dataset.frame, [...one.querySelectorAll("tbody tr")].map((row) => row.innerText)]),
    navigation: ["header", "footer", ".filters", ".top .tools", ".crumb"].filter((one) =>
      [...document.querySelectorAll(one)].some((found) => getComputedStyle(found).display !== "none"),
    ),
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  }));
  equal(
    seen.frames.map(([name]) => name),
    ["A", "B", "C", "D", "E", "F1", "F2", "F3", "F4", "G"],
    "frames on paper",
  );
  equal(seen.navigation, [], "navigation on paper");
  holds(!seen.wide, "nothing is cut off at the right");
  for (const [name, rows] of seen.frames) {
    const { lines, total } = data.frames[name];
    if (!lines) continue;
    equal(rows.length, lines.length + 1, `lines of ${name}`);
    const wanted = [total.people, total.hours, total.euros].filter((one) => one !== undefined);
    equal(numbers(rows.at(-1)), wanted, `total of ${name}`);
  }
  const text = await visitor.text();
  const lacking = Object.values(data.missing).filter((one) => one.count > 0).length;
  equal((await page.$$(".bpf-missing")).length, lacking, "frames that say what is missing");
  equal(text.includes("Le dépôt serait refusé"), data.is_refused, "the refusal is said");
  holds((await page.pdf({ format: "A4" })).length > 10000, "a document");
  await page.emulateMedia({ media: "screen" });
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(".top .tools button")]);
  equal(file.suggestedFilename(), `bpf-${year}.csv`, "the file");
  equal(
    readFileSync(await file.path(), "utf8")
      .trim()
      .split("\r\n").length,
    1 + Object.values(data.frames).reduce((sum, one) => sum + (one.lines?.length ?? 0), 0),
    "lines of the file",
  );
}

/** What trainings brought in, by origin and beside the year before: the numbers of the service, for whom the accounts are open. */
export async function w27_training_revenue(visit) {
  const { data } = await api("GET", "/v1/statistics/training-revenue?year=2023");
  const euros = (text) => Number(text.replace(/[^\d,-]/g, "").replace(",", "."));
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go("#/chiffres?vue=formations&year=2023&by=month&measure=trainee_minutes");
  const shown = await cells(visitor, "Produits de la formation 2023");
  const sorted = data.lines.map((line) => line.amount_cents / 100).sort((one, other) => other - one);
  equal(
    shown.slice(1).map((row) => euros(row[1])),
    sorted,
    "the lines, the largest first",
  );
  const years = await cells(visitor, "Produits de la formation, de 2019 à 2023");
  equal(euros(years.at(-1)[1]), data.total_cents / 100, "the last of five years");
  holds((await cells(visitor, "Durée suivie, par mois"))?.length > 2, "the chosen grouping and measure");
  const [file] = await Promise.all([
    visitor.page.waitForEvent("download"),
    visitor.page
      .locator("figure", { hasText: "Produits de la formation 2023" })
      .locator("button", { hasText: "CSV" })
      .click(),
  ]);
  const lines = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\r\n");
  equal(lines[0].split(";")[1], "Montant hors taxes (€)", "the head of the file says the unit");
  equal(
    lines.slice(1).map((line) => Number(line.split(";").at(-1).replace(",", "."))),
    sorted,
    "numbers of the file",
  );
  const partner = await visit({ as: "PARTNER" });
  await partner.go("#/chiffres?vue=formations&year=2023");
  holds(!(await partner.text()).includes("Produits de la formation"), "accounts are not for partners");
}

/** What changed is said in the words of the record that it changed: no code, no identifier, nothing that the record hides. */
export async function w27_history_in_words(visit) {
  const visitor = await visit({ as: "NATIONAL" });
  const seen = [];
  for (const [list, slug] of [
    ["members", "structures"],
    ["training-sessions", "sessions"],
    ["appointments", "mandats"],
    ["delegations", "delegations"],
  ]) {
    const { id } = await first(`/v1/${list}?limit=1&fields=id`);
    await visitor.go(`#/${slug}/${id}/history`);
    const said = await visitor.page.evaluate(() =>
      [...document.querySelectorAll("main tbody li")].map((line) => line.textContent),
    );
    seen.push(...said);
    for (const line of said)
      holds(
        !/valeur inconnue|\b[a-z]+_[a-z_]+ :|[0-9a-f]{8}-[0-9a-f]{4}-|→ (true|false)$/.test(line),
        `${slug}: ${line}`,
      );
  }
  holds(seen.length > 20, `only ${seen.length} values`);
  holds(
    seen.includes("Origine de la période : vide → Première adhésion"),
    "the origin of a membership in its own words",
  );
}

/** Help of a field and purpose of an act name what the screen names; a record that a list no longer has keeps its name. */
export async function w27_words_of_the_screen(visit) {
  const visitor = await visit({ as: "NATIONAL" });
  await visitor.go("#/campagnes/nouveau");
  const said = (await visitor.text()).replaceAll("\u00a0", " ");
  holds(said.includes("Inclus ; après « Ouverture au plus tôt »."), "a property by its title");
  const { id: member } = await first("/v1/members?status=ACTIVE&limit=1&fields=id");
  const period = await first(`/v1/members/${member}/memberships?limit=1`);
  await visitor.go(`#/adhesions/${period.id}`);
  const called = await visitor.text("main h1");
  holds(/^Période d’adhésion du \d\d\/\d\d\/\d{4}$/.test(called), `a record without a name: ${called}`);
  const { data } = await api("GET", "/v1/delegations?limit=100");
  for (const { id } of data.data) {
    const { predecessors = [] } = (await api("GET", `/v1/delegations/${id}`)).data;
    if (!predecessors.length) continue;
    await visitor.go(`#/delegations/${id}/modifier`);
    holds(!(await visitor.text()).includes("valeur inconnue"), "a delegation of former days has its name");
    return;
  }
  throw new Error("no delegation has taken over from another one");
}
