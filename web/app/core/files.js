// Reading what a spreadsheet gives: bytes to text (UTF-8, else Windows-1252), text to rows (comma, semicolon or tab).
const MOST_BYTES = 8 * 1024 * 1024;

/** {text, encoding} of a file; throws a sentence when it is too large or no text.
 * @param {File} file */
export async function readText(file) {
  if (file.size > MOST_BYTES)
    throw new RangeError(
      `Le fichier fait ${Math.ceil(file.size / 1048576)} Mio : il en faut 8 au plus. Partagez-le en plusieurs.`,
    );
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw new RangeError(
      "C’est un classeur (XLSX ou ODS). Enregistrez-le en CSV, ou copiez les cellules et collez-les ici.",
    );
  if (bytes.includes(0)) throw new RangeError("Ce n’est pas un fichier de texte.");
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "UTF-8" };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "Windows-1252" };
  }
}

/** The separator that the first line holds most of, outside quotes.
 * @param {string} text */
export function separatorOf(text) {
  const first = text
    .slice(0, 20000)
    .replace(/"(?:[^"]|"")*"/g, "")
    .split(/\r?\n/)[0];
  const found = (/** @type {string} */ mark) => first.split(mark).length;
  return [";", "\t", ","].reduce((best, mark) => (found(mark) > found(best) ? mark : best));
}

/** Rows of cells by RFC 4180; a cell may hold the separator, quotes and line ends.
 * @param {string} text */
export function parseCsv(text, separator = separatorOf(text)) {
  const rows = [];
  let row = [],
    cell = "",
    quoted = false;
  const source = text.replace(/^\ufeff/, "");
  for (let at = 0; at < source.length; at++) {
    const sign = source[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (source[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === separator) {
      row.push(cell);
      cell = "";
    } else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && source[at + 1] === "\n") at++;
      row.push(cell);
      rows.push(row);
      row = [];
      cell = "";
    } else cell += sign;
  }
  if (cell !== "" || row.length) {
    row.push(cell);
    rows.push(row);
  }
  return rows.filter((cells) => cells.some((one) => one.trim() !== ""));
}
