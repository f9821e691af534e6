// The first page: state of the service, a statistic, the directory, the operations. Paths, choices and labels come
// from the contract that the service answers; text from outside only ever becomes text nodes.

const number = new Intl.NumberFormat("fr-FR");
const day = new Intl.DateTimeFormat("fr-FR", { dateStyle: "long" });
const byId = (id) => document.getElementById(id);

// element("p", { class: "x" }, "text", child …)
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

class Refused extends Error {}

async function read(address) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
  } catch {
    throw new Refused("Le service ne répond pas. Réessayez dans un instant.");
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  const reason = [body.title, body.detail, ...(body.errors ?? []).map((fault) => fault.detail)].filter(Boolean);
  throw new Refused(reason.join(" ") || `Réponse inattendue (${answer.status}).`);
}

// Shows what `make` gives, or a sentence with a way to try again.
async function show(place, make) {
  place.setAttribute("aria-busy", "true");
  try {
    place.replaceChildren(await make());
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    const again = element("button", { type: "button" }, "Réessayer");
    again.addEventListener("click", () => show(place, make));
    const reason = error instanceof Refused ? error.message : "La réponse n’a pas pu être lue.";
    place.replaceChildren(element("p", { class: "notice" }, reason, " ", again));
  }
  place.removeAttribute("aria-busy");
}

class Contract {
  constructor(document) {
    this.document = document;
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).filter(([, operation]) => operation.operationId)
        .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })));
  }

  resolve(part) {
    while (part?.$ref) part = part.$ref.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/")], this.document);
    return part;
  }

  operation(id) {
    const found = this.operations.find((operation) => operation.operationId === id);
    if (!found) throw new Refused(`Le contrat ne propose pas l’opération ${id}.`);
    return found;
  }

  parameters(operation) {
    return (operation.parameters ?? []).map((parameter) => this.resolve(parameter));
  }

  // [value, French title] of an enumerated parameter.
  choices(operation, name) {
    const parameter = this.parameters(operation).find((candidate) => candidate.name === name);
    return (this.resolve(parameter?.schema)?.oneOf ?? []).map((choice) => [choice.const, choice.title]);
  }

  access(operation) {
    const scopes = (operation.security ?? this.document.security ?? []).flatMap((way) => Object.values(way).flat());
    return scopes.length ? `clé avec le droit ${scopes.join(", ")}` : "sans clé";
  }
}

function table(caption, heads, rows) {
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, ...rows.map(([first, ...others]) =>
        element("tr", {}, element("th", { scope: "row" }, first), ...others.map((cell) => element("td", {}, cell)))))));
}

const count = (value) => value === null || value === undefined ? "caché" : number.format(value);
const date = (text) => text ? day.format(new Date(`${text}T12:00:00`)).replace(/^1 /, "1er ") : "";

async function statistics(contract) {
  const form = new FormData(byId("statistics-form"));
  const answer = await read(`${contract.operation("memberStatistics").path}?${new URLSearchParams(form)}`);
  const most = Math.max(1, ...answer.groups.map((group) => group.count ?? 0));
  return table(`${count(answer.total)} adhérents au ${date(answer.as_of)}`, ["Groupe", "Adhérents", "Proportion"],
    answer.groups.map((group) => [group.label ?? group.key, count(group.count),
      element("meter", { min: 0, max: most, value: group.count ?? 0, "aria-hidden": "true" })]));
}

async function delegations(contract) {
  const { data } = await read(`${contract.operation("listDelegations").path}?limit=100`);
  return table(`${data.length} délégations`, ["Délégation", "Régions", "Adhérents", "Équipe", "Depuis"],
    data.map((one) => [one.name,
      (one.regions ?? []).filter((region) => !region.ends_on).map((region) => region.region_name).join(", "),
      count(one.members_count), count(one.team_count), date(one.starts_on)]));
}

function describe(contract, operation) {
  const parameters = contract.parameters(operation).filter((parameter) => parameter.in !== "header");
  return element("details", { class: "operation" },
    element("summary", {}, element("span", { class: `method ${operation.method}` }, operation.method), " ",
      element("code", {}, operation.path), " ", element("span", { class: "summary" }, operation.summary ?? "")),
    element("p", {}, operation.description ?? ""),
    element("p", {}, `Accès : ${contract.access(operation)}. Réponses : ${Object.keys(operation.responses).join(", ")}.`),
    parameters.length ? element("ul", {}, ...parameters.map((parameter) => element("li", {},
      element("code", {}, parameter.name), " — ", parameter.schema?.title ?? parameter.description ?? "",
      parameter.required ? " (obligatoire)" : ""))) : null);
}

function reference(contract) {
  const place = byId("reference-result");
  const shown = [];
  byId("revision").textContent = contract.document.info.version;
  for (const tag of contract.document.tags ?? []) {
    const operations = contract.operations.filter((operation) => operation.tags?.includes(tag.name));
    if (!operations.length) continue;
    const group = element("section", {}, element("h3", {}, tag["x-displayName"] ?? tag.name), element("p", {}, tag.description ?? ""));
    for (const operation of operations) {
      const details = describe(contract, operation);
      group.append(details);
      shown.push([details, group, `${operation.method} ${operation.path} ${operation.operationId} ${operation.summary}`.toLowerCase()]);
    }
    place.append(group);
  }
  const filter = () => {
    const words = byId("filter").value.toLowerCase().split(/\s+/);
    for (const [details, , text] of shown) details.hidden = !words.every((word) => text.includes(word));
    for (const [, group] of shown) group.hidden = !group.querySelector("details:not([hidden])");
    const left = shown.filter(([details]) => !details.hidden).length;
    byId("filter-count").textContent = `${left} opération${left > 1 ? "s" : ""}`;
  };
  byId("filter").addEventListener("input", filter);
  filter();
}

async function state(contract) {
  const place = byId("state");
  try {
    const operation = contract.operation("getStatus");
    const answer = await read(operation.path);
    const schema = contract.resolve(operation.responses["200"].content["application/json"].schema);
    const titles = contract.resolve(schema.properties.state).oneOf ?? [];
    place.textContent = `État du service : ${titles.find((choice) => choice.const === answer.state)?.title ?? answer.state}`;
    place.dataset.state = answer.state;
  } catch (error) {
    place.textContent = `État du service : ${error.message}`;
    place.dataset.state = "DOWN";
  }
}

async function start() {
  const contract = new Contract(await read("/v1/openapi.json"));
  const choices = contract.choices(contract.operation("memberStatistics"), "by");
  byId("by").replaceChildren(...choices.map(([value, title]) => element("option", { value }, title)));
  byId("as_of").value = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Paris" }).format(new Date());
  byId("statistics-form").addEventListener("submit", (event) => {
    event.preventDefault();
    show(byId("statistics-result"), () => statistics(contract));
  });
  reference(contract);
  await Promise.all([
    state(contract),
    show(byId("statistics-result"), () => statistics(contract)),
    show(byId("delegations-result"), () => delegations(contract)),
  ]);
  return "";
}

const first = element("div");
byId("content").querySelector(".lead").after(first);
show(first, start);
