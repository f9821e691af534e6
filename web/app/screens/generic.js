// Any collection of the contract: its list, its sheets, its forms. Most screens of the client are this one.
import { call } from "../core/api.js";
import { TECHNICAL, pathOf } from "../core/areas.js";
import contract, { pathTo } from "../core/contract.js";
import { titleOfList } from "../core/lists.js";
import { link, parse } from "../core/router.js";
import session from "../core/session.js";
import { List } from "../ui/list.js";
import { learnNames } from "../ui/names.js";
import { block, isNested } from "../ui/nested.js";
import { showProblem } from "../ui/problem.js";
import { Sheet, formScreen, partTitle, titleOf } from "../ui/sheet.js";
import { show as value } from "../ui/value.js";
import { busy, empty, html, mount } from "../ui/view.js";

/** @type {Record<string, () => Promise<any>>} */
const EXTRAS = {
  listMembers: () => import("./member.js"),
  listDelegations: () => import("./network.js"),
  listGroups: () => import("./network.js"),
  listAppointments: () => import("./network.js"),
  listApiKeys: () => import("./keys.js"),
  listPasses: () => import("./pass.js"),
  listPassCampaigns: () => import("./campaign.js"),
  getPassCampaignAnswer: () => import("./campaign.js"),
  listProlongationRequests: () => import("./pass.js"),
  listVacationProjects: () => import("./vacations.js"),
  listVacationConventions: () => import("./vacations.js"),
  listTrainingSessions: () => import("./trainings.js"),
  listCourses: () => import("./trainings.js"),
  listTrainers: () => import("./trainings.js"),
  listTrainingSteps: () => import("./trainings.js"),
  listEnrolments: () => import("./trainings.js"),
  listTrainingComplaints: () => import("./trainings.js"),
  listTrainingInvoices: () => import("./trainings.js"),
  listGroupAccounts: () => import("./trainings.js"),
  listBpfDeclarations: () => import("./trainings.js"),
};

const extrasOf = (/** @type {Collection} */ collection) =>
  EXTRAS[(collection.list ?? collection.read)?.operationId ?? ""]?.();

/** @param {HTMLElement} place */
function unknown(place) {
  mount(
    place,
    html`<h1>Écran inconnu</h1>
      <p>Cette adresse ne mène à rien. <a href=${link([])}>Revenir à l’accueil</a></p>`,
  );
}

/** @param {HTMLElement} place
 * @param {string} title */
function closed(place, title) {
  mount(
    place,
    html`<h1>${title}</h1>
      <div class="empty">
        <p><strong>${session.signedIn ? "Votre clé n’a pas ce droit" : "Cette liste demande une session"}</strong></p>
        <p>
          ${session.signedIn
            ? "Demandez à la fédération une clé qui le donne."
            : "Ouvrez une session pour voir les données de votre périmètre."}
        </p>
        <p><a class="button main" href=${link(["session"])}>Ouvrir une session</a></p>
      </div>`,
  );
}

/** The collection that an address begins with, its segments, and what follows: most have one segment, some more; the
 * longest is meant.
 * @param {string[]} segments */
function addressed(segments) {
  for (let length = segments.length; length > 0; length--) {
    const base = segments.slice(0, length);
    const collection = contract.collection([pathOf(base[0]), ...base.slice(1)].join("/"));
    if (collection.list || collection.read) return { collection, base, rest: segments.slice(length) };
  }
  return null;
}

/** @param {HTMLElement} place
 * @param {Route} route */
export async function show(place, { segments }) {
  const found = addressed(segments);
  if (!found) return unknown(place);
  const { collection, base, rest } = found,
    [id, word, extra] = rest;
  const title = collection.list ? titleOfList(collection.list) : "Fiche";
  if (collection.list && !session.may(collection.list)) return closed(place, title);
  if (!id) return showList(place, collection, base);
  if (id === "nouveau") return create(place, collection, base);
  if (!collection.read) return unknown(place);
  if (word === "modifier") return change(place, collection, base, id);
  if (word === "action") return act(place, collection, base, id, extra);
  if (extra === "nouveau") return addPart(place, collection, base, id, word);
  const more = await extrasOf(collection);
  const sheet = new Sheet(place, collection, {
    id,
    tab: word,
    base,
    extra: more?.sheet,
    drawnFields: more?.drawnFields,
    tools: more?.tools,
    single: showSingle,
  });
  await sheet.load();
  return { follow: () => (sheet.part ? sheet.part.follow() : sheet.load()) };
}

/** @param {HTMLElement} place
 * @param {Collection} collection
 * @param {string[]} base */
async function showList(place, collection, base) {
  if (!collection.list) return unknown(place);
  const more = await EXTRAS[collection.list.operationId]?.();
  const list = new List(place, collection.list, { base, collection, ...more?.list?.(collection) });
  await list.load();
  return { follow: () => list.follow() };
}

/** @param {HTMLElement} place
 * @param {Collection} collection
 * @param {string[]} base */
async function create(place, collection, base) {
  if (!collection.create) return unknown(place);
  const more = await extrasOf(collection);
  return formScreen(place, collection.create, {
    title: collection.create.summary,
    back: link(base),
    path: {},
    ...(await more?.form?.(collection.create, {})),
  });
}

/** @param {HTMLElement} place
 * @param {Collection} collection
 * @param {string[]} base
 * @param {string} id */
async function change(place, collection, base, id) {
  if (!collection.update) return unknown(place);
  const { data, etag } = await call(collection.read, { path: pathTo(collection, id) });
  const more = await extrasOf(collection);
  return formScreen(place, collection.update, {
    intro: more?.intro?.(data),
    title: `Modifier : ${titleOf(data, contract.answer(collection.read))}`,
    path: pathTo(collection, id),
    record: data,
    etag,
    back: link([...base, id]),
    ...(await more?.form?.(collection.update, { id, record: data })),
  });
}

/** @param {HTMLElement} place
 * @param {Collection} collection
 * @param {string[]} base
 * @param {string} id
 * @param {string} word */
async function act(place, collection, base, id, word) {
  const operation = collection.actions.find((one) => one.path.endsWith(`/${word}`));
  if (!operation) return unknown(place);
  const { data, etag } = await call(collection.read, { path: pathTo(collection, id) });
  const more = await extrasOf(collection);
  return formScreen(place, operation, {
    ...(await more?.form?.(operation, { id, record: data })),
    title: `${operation.summary} : ${titleOf(data, contract.answer(collection.read))}`,
    path: pathTo(collection, id),
    etag:
      operation["x-if-match"] || contract.parameters(operation, "header").some((one) => one.name === "If-Match")
        ? etag
        : undefined,
    back: parse().query.retour === "semaine" ? link([]) : link([...base, id]),
    submit: operation.summary,
  });
}

// Records of which there is one and that say more than their fields.
/** @type {Record<string, () => Promise<any>>} */
const SINGLES = {
  evaluationSummary: () => import("./training_session.js"),
  getDiagnosticSheet: () => import("./diagnostic.js"),
  passCampaignSummary: () => import("./campaign_summary.js"),
};

// A record of which there is one: read, and written in place where the contract and the caller's rights allow it.
/** @param {Row} sheet
 * @param {Operation} operation
 * @param {HTMLElement} place */
async function showSingle(sheet, operation, place) {
  mount(place, busy());
  const own = await SINGLES[operation.operationId]?.();
  const { path } = sheet,
    back = link([...sheet.base, sheet.id]);
  const writer = ["PUT", "PATCH"]
    .map((method) => contract.at(operation.path, method))
    .find((one) => one && session.may(one));
  try {
    const found = await call(operation, { path }).catch((problem) => {
      if (problem.status !== 404) throw problem;
      return { data: null, etag: null };
    });
    if (own) return own.show(place, { sheet, operation, writer, ...found });
    if (writer)
      return formScreen(place, writer, {
        title: writer.summary,
        path,
        record: writer.method === "PATCH" ? found.data : null,
        initial: found.data ?? {},
        etag: found.etag,
        back,
        below: true,
      });
    return await record(place, operation, found.data);
  } catch (problem) {
    return mount(
      place,
      showProblem(problem, () => showSingle(sheet, operation, place)),
    );
  }
}

/** @param {HTMLElement} place
 * @param {Operation} operation
 * @param {Row} data */
async function record(place, operation, data) {
  const fields = contract
    .fields(contract.answer(operation))
    .filter((field) => !TECHNICAL.test(field.name) && data?.[field.name] !== undefined);
  if (data) await learnNames(fields, [data]);
  const wide = fields.filter((field) => isNested(field, data[field.name]));
  mount(
    place,
    html`<h2>${partTitle(operation)}</h2>
      ${data
        ? html`<section class="card">
              <dl>
                ${fields
                  .filter((field) => !wide.includes(field) && field.kind !== "uuid")
                  .map(
                    (field) =>
                      html`<div>
                        <dt>${field.title}</dt>
                        <dd>${value(field, data[field.name], data)}</dd>
                      </div>`,
                  )}
              </dl>
            </section>
            ${wide.map((field) => block(field, data[field.name]))}`
        : empty("Rien n’est encore enregistré ici", "Ce qui s’y écrira apparaîtra ici.")}`,
  );
}

/** @param {HTMLElement} place
 * @param {Collection} collection
 * @param {string[]} base
 * @param {string} id
 * @param {string} word */
async function addPart(place, collection, base, id, word) {
  const operation = contract.at(`${collection.item}/${word}`, "POST");
  if (!operation) return unknown(place);
  const more = await extrasOf(collection);
  return formScreen(place, operation, {
    title: operation.summary,
    path: pathTo(collection, id),
    back: link([...base, id, word]),
    ...(await more?.form?.(operation, { id })),
  });
}
