// What a slow network and a big network of members cost: bytes of the counts, patience on a third-generation telephone.
import { gzipSync } from "node:zlib";
import { holds } from "../visitor.mjs";

/** Everything that the counts of the filters need, of all members at once. */
export async function w10_index_of_members(visit) {
  const visitor = await visit({ as: "NATIONAL" }),
    { page } = visitor,
    bodies = [];
  page.on("response", async (answer) => {
    if (/\/v1\/members\?.*limit=500/.test(answer.url())) bodies.push(await answer.body());
  });
  await visitor.go("#/structures");
  await page.click("details.choice summary >> nth=0");
  await page.waitForSelector("details.choice[open] .count");
  const bytes = gzipSync(Buffer.concat(bodies), { level: 6 }).length;
  console.error(`index of members ${bytes} bytes in ${bodies.length} answers`);
  holds(bodies.length >= 1, "the index is read");
  holds(bytes <= 45000, `index of members ${bytes} bytes`);
}

/** 1.6 Mbit/s with 300 ms to every answer: from nothing to the first list. */
export async function w20_third_generation(visit) {
  const visitor = await visit(),
    { page } = visitor;
  const session = await visitor.context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 300,
    downloadThroughput: 1.6e6 / 8,
    uploadThroughput: 750e3 / 8,
  });
  await page.goto("about:blank");
  const began = Date.now();
  await page.goto(`${process.env.MAILLAGE_URL}/#/delegations`);
  await page.waitForSelector("main tbody tr", { timeout: 15000 });
  const took = Date.now() - began;
  console.error(`first list on a slow network after ${took} ms`);
  holds(took <= 5000, `first list after ${took} ms`);
}
