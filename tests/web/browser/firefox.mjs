// A visitor with Debian's Firefox ESR, driven over WebDriver BiDi: what the sweeps need of a Visitor, no more.
import puppeteer from "puppeteer-core";
import { Visitor, key, URL_ } from "./visitor.mjs";

export class Fox extends Visitor {
  static async open({ dark, width, height }) {
    const fox = new Fox();
    fox.browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
      headless: true,
      // 0 is dark, 1 is light.
      extraPrefsFirefox: {
        "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1,
        "intl.accept_languages": "fr",
      },
    });
    fox.page = await fox.browser.newPage();
    fox.page.waitForTimeout = (time) => new Promise((resolve) => setTimeout(resolve, time));
    await fox.page.setViewport({ width, height });
    fox.page.on("pageerror", (error) => fox.errors.push(error.message));
    fox.page.on("console", async (message) => {
      if (message.type() !== "error") return;
      const told = await Promise.all(
        message.args().map((one) => one.evaluate((value) => `${value} ${value?.stack ?? ""}`).catch(() => "")),
      );
      fox.errors.push(`${told.join(" ") || message.text()} at ${fox.hash}`);
    });
    fox.page.on("request", (request) => {
      if (!request.url().startsWith(`${URL_}/`) && !/^(data|blob):/.test(request.url()))
        fox.strangers.push(request.url());
    });
    fox.follow();
    await fox.page.goto(`${URL_}/`);
    await fox.settled();
    return fox;
  }

  go(hash) {
    this.hash = hash;
    return super.go(hash);
  }

  async signIn(as) {
    await this.go("#/session");
    await this.page.type("#key", key(as));
    await this.page.keyboard.press("Enter");
    await this.page.waitForSelector("a.who:not(.button)");
    await this.settled();
  }

  async signOut() {
    await this.go("#/session");
    await this.page.evaluate(() =>
      [...document.querySelectorAll("main button")]
        .find((one) => one.textContent.trim() === "Fermer la session")
        .click(),
    );
    await this.page.waitForSelector("a.who.button");
    await this.settled();
  }

  leave() {
    return this.browser.close();
  }
}
