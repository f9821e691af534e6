// Addresses after the hash: #/structures/ID?kind=AI. Nothing personal reaches the log of the server that gives the files.
/** @returns {Route} */
export function parse(hash = location.hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?");
  let segments;
  try {
    segments = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    segments = ["introuvable"];
  }
  return { segments, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** @param {string[]} segments
 * @param {Values} [query] */
export function link(segments, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && !value.length))
      search.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  const rest = search.toString().replaceAll("%2C", ",");
  return `#/${segments.map(encodeURIComponent).join("/")}${rest ? `?${rest}` : ""}`;
}

export const go = (/** @type {string} */ target) => {
  location.hash = target;
};

/** Same screen, other address, no new step for Back.
 * @param {string} target */
export function replace(target) {
  history.replaceState(null, "", target);
}
