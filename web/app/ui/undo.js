// The way back of what was just done, for as long as its notice stands: the values before a change, the deletion of what was
// added, or the operation that the contract names as the reverse (x-reverse). Only the version that was made is undone.
import { call, newKey } from "../core/api.js";
import contract, { pathTo } from "../core/contract.js";
import { Problem } from "../core/problem.js";
import session from "../core/session.js";
import { forget } from "../core/store.js";
import { toast } from "./view.js";

const WHY = "Annulé aussitôt par la même personne.";

/** @param {Operation} operation
 * @param {Row} options */
function backOfChange(operation, { path, record, body, etag }) {
  const before = Object.fromEntries(Object.keys(body).map((name) => [name, record[name] ?? null]));
  return () => call(operation, { path, body: before, ifMatch: etag });
}

/** @param {Row} options */
function backOfCreation({ data, etag }) {
  if (!data?.self || !data.id || !etag) return null;
  const collection = contract.collection(data.self.replace(/\/[^/]+$/, ""));
  if (!collection.remove || !session.may(collection.remove)) return null;
  return () => call(collection.remove, { path: pathTo(collection, data.id), ifMatch: etag });
}

/** @param {Operation} operation
 * @param {Row} options */
function backOfAction(operation, { path, etag }) {
  const reverse = contract.operation(operation["x-reverse"] ?? "");
  if (!reverse || !session.may(reverse) || !etag) return null;
  const names = Object.keys(contract.body(reverse)?.properties ?? {});
  return () =>
    call(reverse, {
      path,
      ifMatch: etag,
      body: names.includes("reason") ? { reason: WHY } : undefined,
      key: contract.parameters(reverse, "header").some((one) => one.name === "Idempotency-Key") ? newKey() : undefined,
    });
}

/** What takes it back, or undefined. `done`: path, record before, body sent, data and etag of the answer.
 * @param {Operation} operation
 * @param {Row} done */
export function undoOf(operation, done) {
  const back =
    operation.method === "PATCH"
      ? backOfChange(operation, done)
      : operation.method === "POST"
        ? (backOfAction(operation, done) ?? backOfCreation(done))
        : null;
  if (!back) return undefined;
  return async () => {
    try {
      await back();
      forget();
      toast("Changement annulé.");
      dispatchEvent(new HashChangeEvent("hashchange"));
    } catch (problem) {
      toast(
        problem instanceof Problem && problem.status === 412
          ? "Trop tard : la fiche a encore changé. Rien n’est annulé."
          : `Rien n’est annulé. ${problem instanceof Error ? problem.message : ""}`,
      );
    }
  };
}
