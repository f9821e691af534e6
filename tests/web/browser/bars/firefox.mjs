// The second engine: every screen once in Debian's Firefox ESR, in one of the four shapes.
import { Fox } from "../firefox.mjs";
import { ROLES, routesOf } from "../routes.mjs";
import { holds } from "../visitor.mjs";
import { AXE, kindOfScreen, look } from "./screens.mjs";

const WIDE = { width: 1280, height: 900 },
  NARROW = { width: 320, height: 800 };

/** Every other screen, wide and narrow in turn; the other colour scheme has those between. */
async function sweep(dark) {
  const seen = new Set(),
    told = [];
  const fox = await Fox.open({ dark, ...WIDE });
  try {
    for (const as of [...ROLES].reverse()) {
      if (as) await fox.signIn(as);
      await fox.page.evaluate(AXE);
      for (const hash of await routesOf(fox, as)) {
        if (seen.has(kindOfScreen(hash))) continue;
        seen.add(kindOfScreen(hash));
        if (seen.size % 2 !== Number(dark)) continue;
        const shape = seen.size % 4 < 2 ? WIDE : NARROW;
        await fox.page.setViewport(shape);
        await fox.go(hash);
        await look(fox, `${hash} (${shape.width}${dark ? ", dark" : ""})`, told);
      }
      if (as) await fox.signOut();
    }
    holds(seen.size > 150, `only ${seen.size} screens`);
    fox.clean();
  } finally {
    await fox.leave();
  }
  holds(!told.length, told.join("\n"));
}

export const w04_firefox_light = () => sweep(false);
export const w04_firefox_dark = () => sweep(true);
for (const bar of [w04_firefox_light, w04_firefox_dark]) bar.seconds = 240;
