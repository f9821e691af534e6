// Criteria of RGAA that rules on one page do not see, on the twelve pages of the sample of web/accessibility/grid.json.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { api, equal, holds } from "../visitor.mjs";

const WEB = join(dirname(fileURLToPath(import.meta.url)), "../../../../web");
const { sample } = JSON.parse(readFileSync(join(WEB, "accessibility/grid.json"), "utf8"));

async function addresses() {
  const id = async (path) => (await api("GET", path)).data.data[0].id;
  const ids = {
    member: await id("/v1/members?limit=1&status=ACTIVE&fields=id"),
    session: await id("/v1/training-sessions?limit=1&fields=id"),
  };
  return sample.map(({ address }) => address.replace(/\{(\w+)\}/g, (_, name) => ids[name]));
}

/** Runs `look` in every page of the sample, and says where something was found. */
async function everywhere(visit, look, options = {}) {
  const visitor = await visit({ as: "NATIONAL", ...options }),
    told = [];
  for (const hash of await addresses()) {
    await visitor.go(hash);
    told.push(...(await visitor.page.evaluate(look)).map((text) => `${hash}: ${text}`));
  }
  holds(!told.length, told.join("\n"));
}

export const w05_tables = (visit) =>
  everywhere(visit, () =>
    [...document.querySelectorAll("table")].flatMap((table) => [
      ...(table.caption?.textContent.trim() ? [] : [`a table without title: ${table.outerHTML.slice(0, 80)}`]),
      ...[...table.querySelectorAll("th")]
        .filter((head) => !head.scope)
        .map((head) => `a head without scope: ${head.outerHTML.slice(0, 80)}`),
      ...(table.querySelector("th[scope=col]") ? [] : ["a table without heads of columns"]),
    ]),
  );

/** Drawings beside text are silent; a drawing of numbers has its caption and its table. */
export const w05_images_and_charts = (visit) =>
  everywhere(visit, () => {
    const silent = (one) =>
      one.closest("[aria-hidden=true]") ||
      (/^(img|group)$/.test(one.getAttribute("role")) && one.getAttribute("aria-label"));
    return [
      ...[...document.querySelectorAll("svg")]
        .filter((one) => !silent(one))
        .map((one) => `a drawing that is neither silent nor named: ${one.outerHTML.slice(0, 80)}`),
      ...[...document.querySelectorAll("img")]
        .filter((one) => !one.hasAttribute("alt"))
        .map(() => "an image without alt"),
      ...[...document.querySelectorAll("figure.drawing")]
        .filter((one) => !one.querySelector("figcaption") || !one.querySelector("table, ul, dl"))
        .map((one) => `a figure without caption or its numbers in words: ${one.innerText.slice(0, 60)}`),
      ...(document.querySelector("figure.drawing svg a") && !document.querySelector("main table")
        ? ["a map without its table"]
        : []),
    ];
  });

export async function w05_titles_and_language(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    seen = new Map();
  for (const hash of await addresses()) {
    await visitor.go(hash);
    const { title, heading, language } = await visitor.page.evaluate(() => ({
      title: document.title,
      heading: document.querySelector("h1").textContent.trim(),
      language: document.documentElement.lang,
    }));
    equal(language, "fr", `language of ${hash}`);
    holds(title.startsWith(heading), `${hash} is called « ${title} » and begins with « ${heading} »`);
    holds(!seen.has(title), `${hash} and ${seen.get(title)} have the same title « ${title} »`);
    seen.set(title, hash);
  }
}

export const w05_navigation = (visit) =>
  everywhere(visit, () => {
    const skip = document.querySelector("a.skip"),
      menu = [...document.querySelectorAll("nav.menu a")].map((one) => one.textContent.trim()).join(" ");
    const before = globalThis.menuBefore ?? menu;
    globalThis.menuBefore = menu;
    return [
      ...(document.body.firstElementChild === skip && document.querySelector(skip.getAttribute("href")).matches("main")
        ? []
        : ["the first link does not lead to the content"]),
      ...(document.querySelector("header form[role=search] #search") ? [] : ["no search in the head"]),
      ...(menu === before ? [] : [`another menu: ${menu}`]),
      ...(document.querySelectorAll("nav.menu [aria-current=page]").length <= 1 ? [] : ["two places at once"]),
    ];
  });

export const w05_messages = (visit) =>
  everywhere(visit, () =>
    ["#banner[role=status]", "#toasts[role=status][aria-live=polite]"]
      .filter((one) => !document.querySelector(one))
      .map((one) => `no ${one}`),
  );

export const w05_text_twice_as_large = (visit) =>
  everywhere(visit, () => {
    document.documentElement.style.fontSize = "200%";
    const over = document.documentElement.scrollWidth - innerWidth;
    const cut = [...document.querySelectorAll("main h1, main label, main dt, main dd, main button, main p")].filter(
      (one) =>
        getComputedStyle(one).overflow === "hidden" && !one.matches(".sr") && one.scrollHeight > one.clientHeight + 2,
    );
    return [
      ...(over > 0 ? [`scrolls sideways by ${over} px`] : []),
      ...cut.map((one) => `text is cut: ${one.outerHTML.slice(0, 80)}`),
    ];
  });

/** The keyboard goes through the whole page and leaves it. */
export async function w05_no_trap(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    [, , , , , list, , change] = await addresses();
  for (const hash of [list, change]) {
    await visitor.go(hash);
    await visitor.page.evaluate(() => document.activeElement.blur());
    let left = false;
    for (let step = 0; step < 400 && !left; step++) {
      await visitor.page.keyboard.press("Tab");
      left = await visitor.page.evaluate(() => {
        const at = document.activeElement;
        return at.matches("footer a") && at === [...document.querySelectorAll("footer a")].at(-1);
      });
    }
    holds(left, `the keyboard does not reach the end of ${hash}`);
    await visitor.page.keyboard.press("Shift+Tab");
    holds(
      await visitor.page.evaluate(() => document.activeElement !== [...document.querySelectorAll("footer a")].at(-1)),
      `the keyboard does not go back in ${hash}`,
    );
  }
}

export async function w05_shortcuts_can_be_off(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor;
  await visitor.go("#/structures");
  await page.keyboard.press("?");
  await page.check("dialog[open] input[type=checkbox]");
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  equal(await page.evaluate(() => document.activeElement.id), "", "the focus after a shortcut that is off");
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await page.waitForTimeout(200);
  equal(await page.evaluate(() => location.hash), "#/structures", "the screen after shortcuts that are off");
}

/** Acts happen when a pointer is released, no window opens by itself, nothing moves, no orientation is imposed. */
export async function w05_source_of_gestures() {
  const files = (folder) =>
    readdirSync(join(WEB, folder), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
    );
  const found = [...files("app"), ...files("style")].filter((file) =>
    /@(mouse|pointer|touch)\w+=|["'](mousedown|pointerdown|touchstart|devicemotion)["']|\bwindow\.open\(|@keyframes|animation:|orientation:\s*(portrait|landscape)|orientation\.lock/.test(
      readFileSync(join(WEB, file), "utf8"),
    ),
  );
  equal(found, [], "files with gestures, windows, movement or an imposed orientation");
}
for (const bar of [w05_no_trap, w05_text_twice_as_large]) bar.seconds = 90;
