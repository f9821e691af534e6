// Every address that a visitor of a kind can open: those that the contract makes (list, sheet, parts, forms, actions, with
// the first record that the visitor sees), found by the client's own modules in its page, and those written here.

export const ROLES = [null, "NATIONAL", "DELEGATION_BRETAGNE", "STRUCTURE", "PARTNER"];

const OPEN = [
  "#/",
  "#/session",
  "#/calculateur",
  "#/calculateur?starts_on=2025-01-15&suspensions.0.starts_on=2025-06-01&suspensions.0.ends_on=2025-07-31&suspensions.0.reason=CONTRACT_SUSPENDED",
  "#/chiffres",
  "#/chiffres?vue=mouvements",
  "#/chiffres?vue=emploi",
  "#/chiffres?as_of=2023-12-31&compare=2012-12-31&by=region",
  "#/carte",
  "#/donnees",
  "#/reference",
  "#/verifier",
  "#/aide",
  "#/recherche?q=bretagne",
  "#/structures",
  "#/nulle-part",
];
const SIGNED = {
  NATIONAL: [
    "#/structures?kind=AI,ACI&region=53",
    "#/structures?q=zzzzzz",
    "#/structures?vue=etats",
    "#/recherche?q=emploi",
    "#/import",
    "#/sejours?vue=etats",
    "#/sessions?vue=agenda",
    "#/sessions?vue=etats",
    "#/chiffres?vue=sejours&year=2026",
    "#/chiffres?vue=formations&year=2023",
    "#/bpf?year=2023",
    "#/echeances",
  ],
  DELEGATION_BRETAGNE: ["#/import", "#/echeances", "#/recherche?q=emploi"],
  STRUCTURE: ["#/pass?state=VALID,SUSPENDED", "#/pass?vue=agenda", "#/pass?vue=etats&state=SUSPENDED", "#/echeances"],
  PARTNER: ["#/recherche?q=emploi"],
};

// Runs in the page of the client.
async function made() {
  const { default: contract } = await import("/app/core/contract.js");
  const { default: session } = await import("/app/core/session.js");
  const { call } = await import("/app/core/api.js");
  const { slugged } = await import("/app/core/areas.js");
  const found = new Set();
  const rows = async (operation, path) => {
    try {
      return (await call(operation, { path, query: { limit: 1 } })).data.data;
    } catch {
      return [];
    }
  };
  const may = (operation) => operation && session.may(operation);
  const sheet = async (collection, id, deeper) => {
    const base = `${slugged(collection.path)}/${id}`;
    const path = { [/\{([^}]+)\}$/.exec(collection.item)[1]]: id };
    const word = (operation) => operation.path.split("/").at(-1);
    found.add(base);
    if (may(collection.update)) found.add(`${base}/modifier`);
    for (const action of collection.actions.filter(may)) found.add(`${base}/action/${word(action)}`);
    for (const one of collection.single.filter(may)) if (!/\.[a-z]+$/.test(one.path)) found.add(`${base}/${word(one)}`);
    for (const part of collection.parts.filter(may)) {
      found.add(`${base}/${word(part)}`);
      if (may(contract.at(part.path, "POST"))) found.add(`${base}/${word(part)}/nouveau`);
      const [row] = await rows(part, path);
      const own = row?.self && contract.collection(row.self.replace(/\/[^/]+$/, ""));
      if (deeper && may(own?.read) && !own.list) await sheet(own, row.id, false);
    }
  };
  for (const operation of contract.operations) {
    if (operation.method !== "GET" || operation.path.includes("{")) continue;
    const collection = contract.collection(operation.path);
    if (!may(collection.list)) continue;
    found.add(slugged(collection.path));
    if (may(collection.create) && contract.body(collection.create)) found.add(`${slugged(collection.path)}/nouveau`);
    const [row] = await rows(collection.list);
    if (row?.id && may(collection.read)) await sheet(collection, row.id, true);
  }
  return [...found];
}

/** Addresses for the visitor, who is signed in as the role already. */
export async function routesOf(visitor, as) {
  return [...new Set([...(as ? ["#/", ...SIGNED[as]] : OPEN), ...(await visitor.page.evaluate(made))])];
}
