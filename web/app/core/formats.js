// French forms of dates, numbers and identifiers, both ways. A plain date never passes through Date as text: west of
// Greenwich `new Date("2026-01-01")` is the day before.
const NARROW = "\u202f",
  MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
  ];
const numbers = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 6 });
const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });
export const collator = new Intl.Collator("fr", { numeric: true });

let zone = "Europe/Paris";
export const setZone = (/** @type {string} */ name) => {
  zone = name;
};

/** Calendar day in the network's time zone, as YYYY-MM-DD. */
export function today(now = new Date()) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(
    now,
  );
}

const parts = (/** @type {string | null | undefined} */ text) =>
  /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "")?.slice(1) ?? null;

/** 31/12/2025
 * @param {string | null | undefined} text */
export function date(text) {
  const split = parts(text);
  return split ? `${split[2]}/${split[1]}/${split[0]}` : (text ?? "");
}

/** 1er janvier 2026
 * @param {string | null | undefined} text */
export function longDate(text) {
  const split = parts(text);
  if (!split) return text ?? "";
  const day = Number(split[2]);
  return `${day === 1 ? "1er" : day} ${MONTHS[Number(split[1]) - 1]} ${split[0]}`;
}

/** janvier 2026, of 2026-01 or a date
 * @param {string | null | undefined} text */
export function month(text) {
  const split = /^(\d{4})-(\d{2})/.exec(text ?? "");
  return split ? `${MONTHS[Number(split[2]) - 1]} ${split[1]}` : (text ?? "");
}

/** 25/11/2026 à 19 h 04, in the network's time zone
 * @param {string} text */
export function instant(text) {
  const at = new Date(text);
  if (!text || Number.isNaN(at.getTime())) return text ?? "";
  const time = new Intl.DateTimeFormat("fr-FR", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);
  return `${date(today(at))} à ${time.replace(":", " h ")}`;
}

const serial = (/** @type {string} */ text) => {
  const [year, month_, day] = (parts(text) ?? []).map(Number);
  return Date.UTC(year, month_ - 1, day) / 86400000;
};
export const daysBetween = (/** @type {string} */ from, /** @type {string} */ to) => serial(to) - serial(from);
export const addDays = (/** @type {string} */ text, /** @type {number} */ days) =>
  new Date((serial(text) + days) * 86400000).toISOString().slice(0, 10);

export const number = (/** @type {number} */ value) => numbers.format(value).replace(/[\u00a0\u202f]/g, NARROW);
export const euro = (/** @type {number} */ cents) => euros.format(cents / 100).replace(/\u202f/g, NARROW);
export const percent = (/** @type {number} */ value) => `${number(value)}\u00a0%`;

/** 95 min is 1 h 35
 * @param {number} value */
export function minutes(value) {
  const hours = Math.floor(value / 60),
    rest = value % 60;
  return hours ? `${number(hours)} h${rest ? ` ${String(rest).padStart(2, "0")}` : ""}` : `${rest} min`;
}

/** plural(2, "structure") is "2 structures": in French zero and one are singular.
 * @param {number} count
 * @param {string} one
 * @param {string} [many] */
export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${Math.abs(count) < 2 ? one : many}`;
}

export const siret = (/** @type {string} */ text) =>
  text.replace(/^(\d{3})(\d{3})(\d{3})(\d{5})$/, "$1 $2 $3 $4").replace(/ /g, NARROW);
export const siren = (/** @type {string} */ text) =>
  text.replace(/^(\d{3})(\d{3})(\d{3})$/, "$1 $2 $3").replace(/ /g, NARROW);
export const passNumber = (/** @type {string} */ text) =>
  text.replace(/^(\d{5})(\d{2})(\d{5})$/, "$1 $2 $3").replace(/ /g, NARROW);

/** +33612345678 and +262262123456 as they are dialled in France
 * @param {string | null | undefined} text */
export function phone(text) {
  const national = /^\+(?:33|262|590|594|596)(\d{9})$/.exec(text ?? "");
  return national ? `0${national[1]}`.replace(/(\d{2})(?=\d)/g, `$1${NARROW}`) : (text ?? "");
}

/** Without accents and capitals, for searches. */
export const fold = (/** @type {unknown} */ text) =>
  String(text ?? "")
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[’ʼ]/g, "'");

const exists = (/** @type {number} */ year, /** @type {number} */ month_, /** @type {number} */ day) => {
  const made = new Date(Date.UTC(year, month_ - 1, day));
  return made.getUTCMonth() === month_ - 1 && made.getUTCDate() === day;
};

/** 3/2/26, 03.02.2026, 3 février 2026, 2026-02-03 to YYYY-MM-DD; null when it is no date.
 * @param {string} text */
export function parseDate(text) {
  const words = fold(text)
    .replace(/[\u00a0\u202f]/g, " ")
    .trim()
    .replace(/^1er /, "1 ");
  const named = /^(\d{1,2}) ([a-z]+)\.? (\d{4})$/.exec(words);
  const numeric = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$/.exec(words);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(words);
  let year, month_, day;
  if (iso) [year, month_, day] = iso.slice(1).map(Number);
  else if (numeric) [day, month_, year] = numeric.slice(1).map(Number);
  else if (named)
    [day, month_, year] = [
      Number(named[1]),
      MONTHS.findIndex((name) => fold(name).startsWith(named[2])) + 1,
      Number(named[3]),
    ];
  else return null;
  if (year < 100) year += year < 70 ? 2000 : 1900;
  if (!month_ || !exists(year, month_, day)) return null;
  return `${year}-${String(month_).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** "1 234,5 €" to 1234.5; null when it is no number.
 * @param {unknown} text */
export function parseNumber(text) {
  const plain = String(text)
    .replace(/[\s\u00a0\u202f€%]/g, "")
    .replace(/\u2212/g, "-")
    .replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** Luhn's rule over the digits; La Poste's establishments only need a sum that is a multiple of five.
 * @param {string} digits */
export function luhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  if (sum % 10 === 0) return true;
  return (
    digits.length === 14 &&
    digits.startsWith("356000000") &&
    [...digits].reduce((total, digit) => total + Number(digit), 0) % 5 === 0
  );
}
