// What a screen says before the contract is there: title and purpose of those that strangers open first.
/** @type {Record<string, { title: string, lead: string }>} */
export const OPENINGS = {
  calculateur: {
    title: "Calculateur PASS IAE",
    lead:
      "Fin, jours restants, périodes de prolongation et délai de carence, à partir de dates seulement. Sans compte ; " +
      "rien n’est enregistré, aucun nom n’est demandé.",
  },
};
