// Three kinds of memory: drafts and notices live with the tab, choices of display with the browser, answers with the page.
const quietly = (work, otherwise = null) => {
  try {
    return work();
  } catch {
    return otherwise;
  }
};

// Never localStorage: computers are shared, and a draft may name people.
export const drafts = {
  read: (name) => quietly(() => JSON.parse(sessionStorage.getItem(`draft:${name}`))),
  keep: (name, value) => quietly(() => sessionStorage.setItem(`draft:${name}`, JSON.stringify(value))),
  drop: (name) => quietly(() => sessionStorage.removeItem(`draft:${name}`)),
  /** Drafts of somebody else who worked in this tab before are nobody's business. */
  claim: (who) =>
    quietly(() => {
      if ((sessionStorage.getItem("drafts-of") ?? who) !== who) sessionStorage.clear();
      sessionStorage.setItem("drafts-of", who);
    }),
};

// Columns, saved views, theme: what a screen looks like, never what it shows.
export const choices = {
  read: (name, otherwise = null) => quietly(() => JSON.parse(localStorage.getItem(name)) ?? otherwise, otherwise),
  keep: (name, value) => quietly(() => localStorage.setItem(name, JSON.stringify(value))),
};

const kept = new Map();
/** The result of `work` for this name, asked once; a failure is not kept. Bounded: the oldest goes first. */
export function once(name, work) {
  if (!kept.has(name)) {
    if (kept.size >= 60) kept.delete(kept.keys().next().value);
    kept.set(
      name,
      work().catch((error) => {
        kept.delete(name);
        throw error;
      }),
    );
  }
  return kept.get(name);
}
export const forget = () => kept.clear();
