// The client on a plain static server, the service on another origin (apiBase of config.json): MAILLAGE_URL is the page,
// MAILLAGE_API the service; the page at MAILLAGE_UNLISTED has an origin that the service does not list.
import { api, equal, holds, key, member, Visitor } from "./visitor.mjs";

const API = process.env.MAILLAGE_API;

export async function w28_service_on_another_origin(visit) {
  const { data } = await member();
  const visitor = await visit(),
    { page } = visitor;
  await visitor.go("#/session");
  holds(!(await page.$("#password")), "a password is asked for although the cookie could not come back");
  await visitor.signIn("NATIONAL");
  await visitor.go("#/structures");
  await page.waitForSelector("main tbody tr");
  await visitor.go(`#/structures/${data.id}/modifier`);
  await page.fill("#f-address", "3 rue d’Ailleurs");
  await page.click("main button.main");
  await page.waitForSelector(".tabs");
  equal((await api("GET", `/v1/members/${data.id}`)).data.address, "3 rue d’Ailleurs", "a change across origins");
  await visitor.go("#/donnees");
  const links = await page.evaluate(() =>
    [...document.querySelectorAll('a[href*="/v1/"]')].map((one) => new URL(one.href).origin),
  );
  holds(links.length > 2, "links to the service");
  equal([...new Set(links)], [API], "where the links lead");
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie);
  holds(!stored.includes(key("NATIONAL")), "the key is not stored");
  await page.reload();
  await page.waitForSelector("a.who.button");
}

export async function w28_origin_that_is_not_listed() {
  const visitor = await Visitor.open({ at: process.env.MAILLAGE_UNLISTED });
  try {
    const text = await visitor.text();
    holds(text.includes("Le service n’est pas joignable"), `it is said: ${text}`);
  } finally {
    await visitor.leave();
  }
}
