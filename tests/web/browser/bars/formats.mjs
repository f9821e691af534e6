// French forms, both ways, and files of spreadsheets: a table of entries and what must come out. No browser is needed.
import { separatorOf, parseCsv } from "../../../../web/app/core/files.js";
import * as formats from "../../../../web/app/core/formats.js";
import { equal } from "../visitor.mjs";

const plain = (text) => (typeof text === "string" ? text.replace(/[\u00a0\u202f]/g, " ") : text);
const NAMED = [
  ["date", ["2025-12-31"], "31/12/2025"],
  ["date", [""], ""],
  ["longDate", ["2026-01-01"], "1er janvier 2026"],
  ["longDate", ["2026-08-09"], "9 août 2026"],
  ["month", ["2026-11-01"], "novembre 2026"],
  ["instant", ["2026-11-25T18:04:00Z"], "25/11/2026 à 19 h 04"],
  ["instant", ["2026-12-31T23:30:00Z"], "01/01/2027 à 00 h 30"],
  ["daysBetween", ["2024-02-28", "2024-03-01"], 2],
  ["daysBetween", ["2026-03-28", "2026-03-30"], 2],
  ["addDays", ["2025-01-15", 729], "2027-01-14"],
  ["addDays", ["2026-03-01", -1], "2026-02-28"],
  ["number", [1234567.5], "1 234 567,5"],
  ["euro", [123456], "1 234,56 €"],
  ["percent", [78.5], "78,5 %"],
  ["minutes", [95], "1 h 35"],
  ["minutes", [120], "2 h"],
  ["minutes", [45], "45 min"],
  ["plural", [0, "structure"], "0 structure"],
  ["plural", [1, "structure"], "1 structure"],
  ["plural", [2, "structure"], "2 structures"],
  ["plural", [1500, "journal", "journaux"], "1 500 journaux"],
  ["siret", ["73282932000074"], "732 829 320 00074"],
  ["siren", ["732829320"], "732 829 320"],
  ["passNumber", ["999991234567"], "99999 12 34567"],
  ["phone", ["+33612345678"], "06 12 34 56 78"],
  ["phone", ["+262262123456"], "02 62 12 34 56"],
  ["phone", ["+4915112345"], "+4915112345"],
  ["parseDate", ["3/2/26"], "2026-02-03"],
  ["parseDate", ["03.02.2026"], "2026-02-03"],
  ["parseDate", ["1er février 2026"], "2026-02-01"],
  ["parseDate", ["3 fév. 2026"], "2026-02-03"],
  ["parseDate", ["2026-2-3"], "2026-02-03"],
  ["parseDate", ["31/02/2026"], null],
  ["parseDate", ["29/02/2024"], "2024-02-29"],
  ["parseDate", ["12/31/2026"], null],
  ["parseDate", ["demain"], null],
  ["parseDate", ["05/06/85"], "1985-06-05"],
  ["parseNumber", ["1 234,5"], 1234.5],
  ["parseNumber", ["1\u202f234,56 €"], 1234.56],
  ["parseNumber", ["−3"], -3],
  ["parseNumber", ["12 %"], 12],
  ["parseNumber", ["1,2,3"], null],
  ["parseNumber", ["abc"], null],
  ["luhn", ["73282932000074"], true],
  ["luhn", ["73282932000075"], false],
  ["luhn", ["35600000000048"], true],
  ["fold", ["L’Écluse À L’Est"], "l'ecluse a l'est"],
];

export async function w15_french_formats() {
  for (const [name, args, wanted] of NAMED) equal(plain(formats[name](...args)), wanted, `${name}(${args.join(", ")})`);
  equal(
    ["Zèbre", "Écluse", "abri", "10 rue", "9 rue"].sort(formats.collator.compare),
    ["9 rue", "10 rue", "abri", "Écluse", "Zèbre"],
    "order",
  );
}

export async function w20_spreadsheet_text() {
  equal(separatorOf("a;b,c;d\n1;2"), ";", "semicolons");
  equal(separatorOf('"x;y;z",b\tc\td'), "\t", "tabs");
  equal(
    parseCsv('\ufeffa;b\r\n"1;2";"il dit ""oui""\nencore"\n\n;\n3;', ";"),
    [
      ["a", "b"],
      ["1;2", 'il dit "oui"\nencore'],
      ["3", ""],
    ],
    "quotes, line ends, empty lines",
  );
}
