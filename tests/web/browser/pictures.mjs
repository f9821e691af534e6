// pictures.mjs: the eight pictures of the README, from the running system, into web/docs. Half size, so that they stay small.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { api, close, Visitor } from "./visitor.mjs";

const DOCS = join(dirname(fileURLToPath(import.meta.url)), "../../../web/docs");
const PASS =
  "#/calculateur?as_of=2026-11-21&starts_on=2024-11-21&siae_kind=AI&suspensions.0.starts_on=2025-06-01&suspensions.0.ends_on=2025-08-31&suspensions.0.reason=CONTRACT_SUSPENDED";

const {
  data: [member],
} = (
  await api("GET", "/v1/members?limit=1&region=53&status=ACTIVE&public_listing_consent=true&fields=id").catch(() =>
    api("GET", "/v1/members?limit=1&region=53&status=ACTIVE&fields=id"),
  )
).data;
const PICTURES = [
  { name: "semaine", hash: "#/", as: "NATIONAL" },
  { name: "structures", hash: "#/structures?region=53&kind=AI,ACI", as: "NATIONAL" },
  { name: "fiche", hash: `#/structures/${member.id}`, as: "NATIONAL", width: 768, height: 900 },
  { name: "carte", hash: "#/carte", height: 1050 },
  { name: "chiffres", hash: "#/chiffres?as_of=2023-12-31&compare=2012-12-31&by=region", dark: true },
  { name: "calculateur", hash: PASS },
  { name: "echeances", hash: "#/echeances", as: "NATIONAL", dark: true },
  { name: "sejours", hash: "#/sejours?vue=etats&year=2026", as: "NATIONAL" },
];

mkdirSync(DOCS, { recursive: true });
for (const { name, hash, ...shape } of PICTURES) {
  const visitor = await Visitor.open({ height: 800, scale: 0.5, ...shape });
  await visitor.go(hash);
  await visitor.page.waitForTimeout(800);
  await visitor.page.screenshot({ path: join(DOCS, `${name}.png`) });
  await visitor.leave();
}
await close();
