// What went wrong, in one shape: the service's problem+json, or our own sentence when there is no answer to read.
export class Problem extends Error {
  constructor(content) {
    super(content.detail ?? content.title);
    Object.assign(this, { status: 0, code: "", title: "", detail: "", errors: [], request_id: null }, content);
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

export const unreadable = (status, requestId) =>
  new Problem({
    code: "unreadable",
    status,
    request_id: requestId,
    title: "Réponse illisible",
    detail: `Le service a répondu (statut ${status}), mais pas dans la forme prévue.`,
  });

/** The Problem of an answer that is not a success. */
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
