// Three kinds of memory: drafts and notices live with the tab, choices of display with the browser, answers with the page.
/** @template T
 * @param {() => T} work
 * @param {any} [otherwise]
 * @returns {T} */
const quietly = (work, otherwise = null) => {
  try {
    return work();
  } catch {
    return otherwise;
  }
};

// Never localStorage: computers are shared, and a draft may name people.
export const drafts = {
  read: (/** @type {string} */ name) => quietly(() => JSON.parse(sessionStorage.getItem(`draft:${name}`) ?? "null")),
  keep: (/** @type {string} */ name, /** @type {unknown} */ value) =>
    quietly(() => sessionStorage.setItem(`draft:${name}`, JSON.stringify(value))),
  drop: (/** @type {string} */ name) => quietly(() => sessionStorage.removeItem(`draft:${name}`)),
  /** Drafts of somebody else who worked in this tab before are nobody's business. */
  claim: (/** @type {string} */ who) =>
    quietly(() => {
      if ((sessionStorage.getItem("drafts-of") ?? who) !== who) sessionStorage.clear();
      sessionStorage.setItem("drafts-of", who);
    }),
};

// Columns, saved views, theme: what a screen looks like, never what it shows.
export const choices = {
  read: (/** @type {string} */ name, /** @type {any} */ otherwise = null) =>
    quietly(() => JSON.parse(localStorage.getItem(name) ?? "null") ?? otherwise, otherwise),
  keep: (/** @type {string} */ name, /** @type {unknown} */ value) =>
    quietly(() => localStorage.setItem(name, JSON.stringify(value))),
};

/** @type {Map<string, Promise<any>>} */
const kept = new Map();
/** The result of `work` for this name, asked once; a failure is not kept. Bounded: the oldest goes first.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} */
export function once(name, work) {
  const known = kept.get(name);
  if (known) return known;
  const [oldest] = kept.keys();
  if (kept.size >= 60) kept.delete(oldest);
  const asked = work().catch((error) => {
    kept.delete(name);
    throw error;
  });
  kept.set(name, asked);
  return asked;
}
export const forget = () => kept.clear();
