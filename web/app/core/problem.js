// What went wrong, in one shape: the service's problem+json, or our own sentence when there is no answer to read.
export class Problem extends Error {
  status = 0;
  code = "";
  title = "";
  detail = "";
  type = "";
  /** @type {Fault[]} */
  errors = [];
  /** @type {string | null} */
  request_id = null;
  /** @type {number | undefined} */
  retry_after = undefined;
  /** Which version the record has now, and what else a rule adds. @type {any} */
  current = undefined;

  /** @param {ProblemContent} content */
  constructor(content) {
    super(content.detail ?? content.title);
    Object.assign(this, content);
  }

  get offline() {
    return this.code === "offline" || this.code === "timeout";
  }
}

export const offline = () =>
  new Problem({
    code: "offline",
    title: "Le service ne répond pas",
    detail: "La connexion est coupée, ou le service est arrêté. Ce que vous avez saisi est gardé dans cet onglet.",
  });

export const timeout = () =>
  new Problem({
    code: "timeout",
    title: "Le service tarde trop",
    detail: "Aucune réponse après 20 secondes. Ce que vous avez saisi est gardé dans cet onglet.",
  });

/** The client is newer than the service, or the service left something out. */
export const unknown = () =>
  new Problem({
    code: "unknown-operation",
    title: "Ce service n’a pas cette opération",
    detail: "L’écran demande ce que le contrat de ce service ne prévoit pas. Rechargez la page.",
  });

/** @param {number} status
 * @param {string | null} requestId */
export const unreadable = (status, requestId) =>
  new Problem({
    code: "unreadable",
    status,
    request_id: requestId,
    title: "Réponse illisible",
    detail: `Le service a répondu (statut ${status}), mais pas dans la forme prévue.`,
  });

/** The Problem of an answer that is not a success.
 * @param {Response} answer */
export async function problemOf(answer) {
  const requestId = answer.headers.get("X-Request-Id");
  if (!/json/.test(answer.headers.get("Content-Type") ?? "")) return unreadable(answer.status, requestId);
  try {
    const content = await answer.json();
    const retryAfter = Number(answer.headers.get("Retry-After")) || content.retry_after;
    return new Problem({
      ...content,
      status: answer.status,
      request_id: content.request_id ?? requestId,
      retry_after: retryAfter,
    });
  } catch {
    return unreadable(answer.status, requestId);
  }
}
