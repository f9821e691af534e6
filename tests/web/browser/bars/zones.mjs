// The same day everywhere: every screen that shows a date or an hour shows the same ones in the five time zones of the network.
import { routesOf } from "../routes.mjs";
import { equal, holds } from "../visitor.mjs";
import { kindOfScreen } from "./screens.mjs";

const ZONES = ["Europe/Paris", "America/Guadeloupe", "America/Cayenne", "Indian/Reunion", "Indian/Mayotte"];

/** Days and hours on the screen, fields included, in their order. */
async function days(visitor, hash, anew = false) {
  if (anew) await visitor.go("#/aide");
  await visitor.go(hash);
  return visitor.page.evaluate(() => {
    const typed = [...document.querySelectorAll("main input, main textarea")].map((one) => one.value);
    return [document.querySelector("main").innerText, ...typed]
      .join("\n")
      .match(
        /\d{1,2}\/\d{1,2}\/\d{2,4}|\d{1,2}(?:er)? (?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc)\S*(?: \d{4})?|\d{1,2} h \d\d/g,
      );
  });
}

// Other tests write meanwhile: a screen that differs is looked at again, here and there at once.
const LOOKS = 4;
async function compare(home, others, hash, told) {
  const here = await days(home, hash);
  if (!here) return false;
  const there = await Promise.all(others.map(({ visitor }) => days(visitor, hash)));
  for (const [index, { zone, visitor }] of others.entries()) {
    if (String(there[index]) === String(here)) continue;
    let again, theirs;
    for (let look = 0; look < LOOKS && (!look || String(again) !== String(theirs)); look++)
      [again, theirs] = await Promise.all([days(home, hash, true), days(visitor, hash, true)]);
    if (String(again) !== String(theirs)) told.push(`${hash} in ${zone}: ${theirs} instead of ${again}`);
  }
  return true;
}

async function everywhere(visit, as) {
  const [home, ...others] = await Promise.all(
    ZONES.map(async (zone) => ({ zone, visitor: await visit({ zone, as }) })),
  );
  const told = [],
    seen = new Set();
  let dated = 0;
  for (const hash of await routesOf(home.visitor, as)) {
    if (seen.has(kindOfScreen(hash)) || hash === "#/journal") continue;
    seen.add(kindOfScreen(hash));
    if (await compare(home.visitor, others, hash, told)) dated++;
  }
  holds(dated > 20, `only ${dated} screens with a day`);
  holds(!told.length, told.join("\n"));
}

export const w14_national = (visit) => everywhere(visit, "NATIONAL");
export const w14_structure = (visit) => everywhere(visit, "STRUCTURE");
for (const bar of [w14_national, w14_structure]) bar.seconds = 240;

/** Days that are typed are the days that are sent and come back, just before midnight at the other end of the network too. */
export async function w14_typed_day_comes_back(visit) {
  for (const zone of ZONES) {
    const { page } = await visit({ zone });
    const parsed = await page.evaluate(async () => {
      const { parseDate, date, longDate, addDays } = await import("/app/core/formats.js");
      const day = parseDate("1/1/2026");
      return [day, date(day), longDate(day), addDays(day, -1), addDays("2026-03-29", 1)];
    });
    equal(parsed, ["2026-01-01", "01/01/2026", "1er janvier 2026", "2025-12-31", "2026-03-30"], zone);
  }
}
