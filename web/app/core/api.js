// One way out of the house: every exchange is an operation of the contract. Waits are bounded, reads are repeated when
// the service asks to wait, and whatever goes wrong is a Problem.
import config from "./config.js";
import { offline, problemOf, timeout, unknown, unreadable } from "./problem.js";
import session from "./session.js";

const PATIENCE = 20000,
  LONG_PATIENCE = 120000,
  REPEATS = 2,
  LONGEST_WAIT = 10;
export const events = new EventTarget();
const tell = (/** @type {string} */ name, /** @type {unknown} */ detail = null) =>
  events.dispatchEvent(new CustomEvent(name, { detail }));

/** "/v1/members/{id}" and its values to an address; arrays with commas, empty values left out.
 * @param {string} path
 * @param {Values} [values]
 * @param {Values} [query] */
export function address(path, values = {}, query = {}) {
  const filled = path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(String(values[name] ?? "")));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(",") : value;
    if (text !== undefined && text !== null && text !== "") search.set(name, String(text));
  }
  const rest = search.toString();
  return config.apiBase + filled + (rest ? `?${rest}` : "");
}

/** @param {string} target
 * @param {RequestInit} options
 * @param {number} patience */
async function send(target, options, patience) {
  try {
    return await fetch(target, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(patience) });
  } catch (error) {
    const problem = error instanceof Error && error.name === "TimeoutError" ? timeout() : offline();
    tell("away", problem);
    throw problem;
  }
}

const pause = (/** @type {number} */ seconds) =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });

/** A new key for a write: made when its form opens, kept until the write has succeeded. */
export const newKey = () => crypto.randomUUID();

/** @param {CallOptions} options
 * @param {boolean} write */
function headersOf({ accept = "application/json", type, ifMatch, key, prefer }, write) {
  /** @type {Record<string, string>} */
  const headers = { Accept: accept, "Accept-Language": "fr" };
  if (session.key) headers.Authorization = `Bearer ${session.key}`;
  // Proof of our own pages for a session in a cookie; also what tells the offline shell that an answer is somebody's.
  else if (!config.apiBase && (session.signedIn || write)) headers["X-Requested-With"] = "maillage";
  if (type) headers["Content-Type"] = type;
  if (ifMatch) headers["If-Match"] = ifMatch;
  if (key) headers["Idempotency-Key"] = key;
  if (prefer) headers.Prefer = prefer;
  return headers;
}

/** @param {Response} answer
 * @param {string} [accept] */
async function read(answer, accept) {
  if (answer.status === 204) return null;
  // The mark of UTF-8 at the head of a file for spreadsheets stays: text() would take it away.
  if (accept && !accept.includes("json"))
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.arrayBuffer());
  try {
    return await answer.json();
  } catch {
    throw unreadable(answer.status, answer.headers.get("X-Request-Id"));
  }
}

/**
 * Performs an operation of the contract. Options: path, query, body (an object, or text with `type`), ifMatch, key,
 * accept, prefer, long. Answers {data, etag, headers, status}; throws a Problem.
 * @param {Pick<Operation, "method" | "path"> | null} operation
 * @param {CallOptions} [options]
 * @returns {Promise<Answer>}
 */
export async function call(operation, options = {}) {
  if (!operation) throw unknown();
  const body =
    options.body === undefined || typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  const type =
    options.type ??
    (options.body === undefined
      ? undefined
      : operation.method === "PATCH"
        ? "application/merge-patch+json"
        : "application/json");
  const target = address(operation.path, options.path, options.query);
  // A write with its key may be repeated too: the service answers the same as the first time.
  const repeatable = operation.method === "GET" || Boolean(options.key);
  for (let attempt = 0; ; attempt++) {
    const answer = await send(
      target,
      { method: operation.method, headers: headersOf({ ...options, type }, operation.method !== "GET"), body },
      options.long ? LONG_PATIENCE : PATIENCE,
    );
    tell("here");
    if (answer.ok)
      return {
        data: await read(answer, options.accept),
        etag: answer.headers.get("ETag"),
        headers: answer.headers,
        status: answer.status,
      };
    const problem = await problemOf(answer);
    const waits =
      [429, 503].includes(problem.status) &&
      repeatable &&
      attempt < REPEATS &&
      (problem.retry_after ?? 1) <= LONGEST_WAIT;
    if (!waits) {
      if (problem.status === 401 && session.signedIn) tell("signed-out", problem);
      throw problem;
    }
    tell("waiting", problem.retry_after ?? 1);
    await pause(problem.retry_after ?? 1);
  }
}

/** The address of the next page's cursor, or null. */
export const cursorOf = (/** @type {string | null | undefined} */ link) =>
  link ? new URL(link, "http://service.invalid").searchParams.get("cursor") : null;

/** Walks a list to its end or to `most` rows; tells `progress` after each page.
 * @param {Operation | null} operation
 * @param {{ path?: Values, query?: Values, most?: number, progress?: (count: number) => void }} [options] */
export async function walk(operation, { path, query = {}, most = 10000, progress } = {}) {
  /** @type {Row[]} */
  const rows = [];
  let cursor = null,
    more = true;
  while (more && rows.length < most) {
    const { data } = await call(operation, {
      path,
      query: { ...query, limit: Math.min(500, most - rows.length), cursor },
    });
    rows.push(...data.data);
    progress?.(rows.length);
    cursor = cursorOf(data.page.next);
    more = data.page.has_more && Boolean(cursor);
  }
  return { rows, more };
}
