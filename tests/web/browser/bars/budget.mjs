// The tasks of a week, each within its number of clicks, and each once more by the keyboard only. Clicks are counted from
// "Ma semaine", typing is not. A task that would decide about a demonstration row stops with its last button in reach, and
// that button is counted.
import { api, equal, holds, member } from "../visitor.mjs";

class Mouse {
  clicks = 0;
  constructor(visitor) {
    this.visitor = visitor;
    this.page = visitor.page;
  }
  async press(selector) {
    this.clicks++;
    await this.page.click(selector);
  }
  async reach(selector) {
    this.clicks++;
    holds(await this.page.locator(selector).first().isEnabled(), `${selector} cannot be pressed`);
  }
  async type(selector, text) {
    await this.page.fill(selector, text);
  }
  async find(text) {
    await this.page.keyboard.press("/");
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Enter");
  }
}

/** Tab, Enter and Space; what has the focus on the way must be outlined. */
class Keyboard extends Mouse {
  async reach(selector) {
    this.clicks++;
    const target = this.page.locator(selector).first();
    await target.waitFor();
    for (let step = 0; step < 300; step++) {
      const at = await target.evaluate((wanted) => {
        const one = document.activeElement;
        return {
          here: one === wanted,
          outlined: one === document.body || getComputedStyle(one).outlineStyle !== "none",
          what: one.outerHTML.slice(0, 100),
        };
      });
      holds(at.outlined || step === 0, `no visible focus on ${at.what}`);
      if (at.here) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`the keyboard does not reach ${selector}`);
  }
  async press(selector) {
    await this.reach(selector);
    await this.page.keyboard.press("Enter");
  }
  async type(selector, text) {
    await this.reach(selector);
    this.clicks--;
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.type(text);
  }
}

const SUBMIT = "form.made button.main";
const menu = (title) => `nav.menu a:has-text("${title}")`;
const line = (text) => `ol.queue li:has-text("${text}")`;

async function decides(hand, word) {
  await hand.press(`.decide a:has-text("${word}")`);
  await hand.page.waitForSelector(SUBMIT);
  await hand.reach(SUBMIT);
}

async function downloads(hand, selector) {
  const [file] = await Promise.all([hand.page.waitForEvent("download"), hand.press(selector)]);
  return file.suggestedFilename();
}

// Name, caller, most clicks, what is done.
const TASKS = {
  national_finds_a_member: [
    "NATIONAL",
    1,
    async (hand) => {
      const { data } = await member();
      await hand.find(data.name);
      await hand.page.waitForSelector(".tabs");
      equal(await hand.page.textContent("h1"), data.name, "the sheet of the only hit");
    },
  ],
  national_decides_a_stay: ["NATIONAL", 2, (hand) => decides(hand, "Accorder")],
  national_confirms_a_session: ["NATIONAL", 3, (hand) => decides(hand, "Confirmer")],
  national_registers_a_document: [
    "NATIONAL",
    3,
    async (hand) => {
      await hand.press(`${line("Préparer :")} .what a`);
      await hand.press('main a:has-text("Inscrire un document au registre")');
      await hand.page.waitForSelector(SUBMIT);
      await hand.reach(SUBMIT);
    },
  ],
  national_chases_late_answers: [
    "NATIONAL",
    3,
    async (hand) => {
      await hand.press(`${line("Relancer")} .what a`);
      await hand.page.waitForSelector("main table");
      holds(/\.csv$/.test(await downloads(hand, 'main .bar button:has-text("CSV")')), "the list of those to chase");
    },
  ],
  national_figures_at_a_date: [
    "NATIONAL",
    3,
    async (hand) => {
      await hand.press(menu("Chiffres"));
      await hand.type("#figure-as_of", "31.12.12");
      await hand.page.keyboard.press("Enter");
      await hand.page.waitForSelector("text=503 structures");
      holds(/\.csv$/.test(await downloads(hand, 'figure button:has-text("CSV")')), "a CSV file");
    },
  ],
  delegation_calls_about_a_pass: [
    "DELEGATION_BRETAGNE",
    2,
    async (hand) => {
      await hand.press(`${line("PASS …")} .what a`);
      await hand.reach('main a[href^="tel:"]');
    },
  ],
  delegation_validates_an_answer: ["DELEGATION_BRETAGNE", 2, (hand) => decides(hand, "Valider")],
  delegation_corrects_an_address: [
    "DELEGATION_BRETAGNE",
    3,
    async (hand) => {
      const { data } = await member();
      await hand.find(data.name);
      await hand.press('main a:has-text("Modifier")');
      await hand.type("#f-address", "1 rue de l’Essai");
      await hand.press(SUBMIT);
      await hand.page.waitForSelector(".tabs");
      equal((await api("GET", `/v1/members/${data.id}`)).data.address, "1 rue de l’Essai", "address");
    },
  ],
  delegation_enrols_somebody: [
    "DELEGATION_BRETAGNE",
    3,
    async (hand) => {
      await hand.press(`${line("Confirmer :")} .what a`);
      await hand.press('main a:has-text("Inscrire une personne")');
      await hand.page.waitForSelector(SUBMIT);
      await hand.reach(SUBMIT);
    },
  ],
  delegation_prints_a_kept_view: [
    "DELEGATION_BRETAGNE",
    2,
    async (hand) => {
      await hand.press('.kept-views a:has-text("Réunion")');
      await hand.page.waitForSelector("main table");
      equal(
        await hand.page.evaluate(() => [...document.querySelectorAll("main thead th")].length),
        2,
        "columns of the view",
      );
      await hand.reach('main .bar button:has-text("Imprimer")');
    },
  ],
  partner_reads_figures_of_a_territory: [
    "PARTNER",
    1,
    async (hand) => {
      await hand.press('.tiles a:has-text("Structures adhérentes")');
      await hand.page.waitForSelector("main table:has-text('Bretagne')", { state: "attached" });
    },
  ],
  partner_takes_the_file_of_siret: [
    "PARTNER",
    2,
    async (hand) => {
      await hand.press(menu("Données"));
      const file = await downloads(hand, 'li:has-text("Exporter vers data·inclusion") button:has-text("CSV")');
      holds(/\.csv$/.test(file), file);
    },
  ],
  partner_sees_what_changed: [
    "PARTNER",
    1,
    async (hand) => {
      await hand.press('main a:has-text("Tout ce qui a changé")');
      await hand.page.waitForSelector("main table");
    },
  ],
  partner_shares_open_sessions: [
    "PARTNER",
    2,
    async (hand) => {
      await hand.press(menu("Formations"));
      await hand.press('main a:has-text("Agenda")');
      await hand.page.waitForSelector("table.calendar");
      holds((await hand.page.evaluate(() => location.hash)).includes("vue=agenda"), "the address leads here again");
    },
  ],
  structure_answers_a_campaign: [
    "STRUCTURE",
    2,
    async (hand) => {
      await hand.press(`${line("État des lieux")} .decide a`);
      await hand.page.waitForSelector(SUBMIT);
      await hand.reach(SUBMIT);
    },
  ],
  structure_files_a_stay: ["STRUCTURE", 2, (hand) => decides(hand, "Déposer")],
  structure_asks_for_a_prolongation: ["STRUCTURE", 2, (hand) => decides(hand, "Suivre")],
};

async function kept(visitor) {
  await visitor.page.evaluate(() => {
    const views = [{ title: "Réunion", query: { region: "53", status: "ACTIVE" }, columns: ["name", "phone"] }];
    localStorage.setItem("views:listMembers", JSON.stringify(views));
    dispatchEvent(new HashChangeEvent("hashchange"));
  });
}

const by = (Hand, [as, most, does]) =>
  async function task(visit) {
    const visitor = await visit({ as });
    await kept(visitor);
    await visitor.go("#/aide");
    await visitor.go("#/");
    const hand = new Hand(visitor);
    await does(hand);
    holds(hand.clicks <= most, `${hand.clicks} steps instead of ${most}`);
  };

/** One bar for each task and hand. */
export default Object.fromEntries(
  Object.entries(TASKS).flatMap(([name, task]) => [
    [`w11_${name}`, by(Mouse, task)],
    [`w12_${name}`, by(Keyboard, task)],
  ]),
);
