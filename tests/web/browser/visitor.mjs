// A visitor of the client: a browser context of its own that notes every fault a page can show without being asked:
// violations of the policy, requests to strangers, errors of scripts.
import { chromium } from "playwright-core";

export const URL_ = process.env.MAILLAGE_URL;
/** Where the service is when the page comes from elsewhere. */
const API = process.env.MAILLAGE_API ?? URL_;
const ours = (url) => url.startsWith(`${URL_}/`) || url.startsWith(`${API}/`) || /^(data|blob):/.test(url);
export const key = (name) => process.env[`MAILLAGE_KEY_${name}`];
const EXPECTED = /Failed to load resource|net::ERR/;

/** Debian's browser, as every test starts it. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
};

// Who has signed in once in this run comes back with the same cookie, as people do: the sign-in itself has its own tests.
const returning = new Map();

let browser = null;
const started = async () => (browser ??= await chromium.launch(CHROMIUM));
export const close = async () => browser?.close();

export class Visitor {
  violations = [];
  strangers = [];
  errors = [];
  tolerant = false;
  /** Requests of the page that have not ended. */
  flying = new Set();

  static async open({
    width = 1280,
    height = 900,
    dark = false,
    zone = "Europe/Paris",
    worker = false,
    as = null,
    script = true,
    scale = 1,
    at = URL_,
  } = {}) {
    const visitor = new Visitor();
    visitor.context = await (
      await started()
    ).newContext({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      locale: "fr-FR",
      timezoneId: zone,
      serviceWorkers: worker ? "allow" : "block",
      javaScriptEnabled: script,
      acceptDownloads: true,
      deviceScaleFactor: scale,
      storageState: script && at === API ? returning.get(as) : undefined,
    });
    visitor.page = await visitor.context.newPage();
    visitor.page.setDefaultTimeout(30000);
    await visitor.watch();
    await visitor.page.goto(`${at}/`);
    if (script) await visitor.settled();
    if (as && !(await visitor.page.$("a.who:not(.button)"))) {
      await visitor.signIn(as);
      if (at === API) returning.set(as, await visitor.context.storageState());
    }
    return visitor;
  }

  async watch() {
    await this.context.exposeFunction("noteViolation", (text) => this.violations.push(text));
    await this.context.addInitScript(() =>
      document.addEventListener("securitypolicyviolation", (event) =>
        globalThis.noteViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
      ),
    );
    this.page.on("pageerror", (error) => this.errors.push(error.message));
    this.page.on("console", (message) => {
      if (message.type() === "error" && !EXPECTED.test(message.text())) this.errors.push(message.text());
    });
    this.page.on("request", (request) => {
      if (!ours(request.url())) this.strangers.push(request.url());
    });
    this.follow();
  }

  follow() {
    this.page.on("request", (request) => this.flying.add(request));
    for (const end of ["requestfinished", "requestfailed"]) this.page.on(end, (request) => this.flying.delete(request));
  }

  /**
   * The screen is there: nothing of it is on its way or being read, seen twice. What a test holds back itself is waited
   * for no longer than the rest needs.
   */
  async settled() {
    await this.page.waitForSelector("main h1");
    const start = Date.now();
    for (let calm = 0; Date.now() - start < 30000; await this.page.waitForTimeout(20)) {
      const waits = await this.page.evaluate(
        () =>
          document.querySelectorAll("main[aria-busy], main [aria-busy], main .busy, main input[value^='Lecture']")
            .length,
      );
      const flies = this.flying.size > 0 && Date.now() - start < 4000;
      calm = waits || flies ? 0 : calm + 1;
      if (calm === 2) return;
    }
    throw new Error(`still reading: ${await this.page.evaluate(() => location.hash)}`);
  }

  async signIn(as) {
    await this.go("#/session");
    await this.page.fill("#key", key(as));
    await this.page.press("#key", "Enter");
    await this.page.waitForSelector("a.who:not(.button)");
    await this.settled();
  }

  async go(hash) {
    // The page hears of its new address first: when this has heard too, the screen is on its way and says so.
    await this.page.evaluate(
      (target) =>
        new Promise((resolve) => {
          const before = location.hash;
          addEventListener("hashchange", () => resolve(), { once: true });
          location.hash = target;
          if (location.hash === before) resolve();
        }),
      hash,
    );
    await this.settled();
  }

  text(selector = "main") {
    return this.page.evaluate((one) => document.querySelector(one)?.innerText ?? "", selector);
  }

  clean() {
    const found = [
      ...this.violations.map((text) => `policy: ${text}`),
      ...this.strangers.map((text) => `stranger: ${text}`),
      ...(this.tolerant ? [] : this.errors.map((text) => `error: ${text}`)),
    ];
    if (found.length) throw new Error(found.join("\n"));
  }

  leave() {
    return this.context.close();
  }
}

/** A call of the service beside the browser, with a key. */
export async function api(method, path, { as = "NATIONAL", body, headers = {} } = {}) {
  const answer = await fetch(API + path, {
    method,
    headers: {
      Authorization: `Bearer ${key(as)}`,
      Accept: "application/json",
      ...(body
        ? {
            "Content-Type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
          }
        : {}),
      ...(method === "POST" ? { "Idempotency-Key": crypto.randomUUID() } : {}),
      ...headers,
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  const data = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(data)}`);
  return { data, etag: answer.headers.get("ETag"), headers: answer.headers };
}

const digit = (digits) => {
  const sum = [...digits].reverse().reduce((total, one, index) => {
    const value = Number(one) * (index % 2 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
};
/** A SIRET of the range that the tests own and clear away. */
export function siret() {
  const random = (length) => String(Math.floor(Math.random() * 10 ** length)).padStart(length, "0");
  const siren = `979${random(5)}`,
    whole = siren + digit(siren),
    rest = whole + random(4);
  return rest + digit(rest);
}
export const name = () => `Essai ${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;

export const member = async (fields = {}) =>
  await api("POST", "/v1/members", {
    body: {
      siret: siret(),
      name: name(),
      kind: "AI",
      commune_code: "35238",
      ...fields,
    },
  });

export function equal(found, wanted, what) {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}
export function holds(truth, what) {
  if (!truth) throw new Error(what);
}
