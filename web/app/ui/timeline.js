// The life of a PASS on one line of time: the pass, its suspensions and prolongations, the window to ask, the waiting
// period after it, today. Days are counted, never parsed into local time.
import { date, daysBetween, longDate } from "../core/formats.js";
import { html, nothing, svg } from "./view.js";

const WIDTH = 760,
  LEFT = 150,
  RIGHT = 20,
  ROW = 34,
  TOP = 30;

/** rows: [{label, spans: [{from, to, tone, title}]}], marks: [{on, label}], today. All dates inclusive.
 * @param {Row} options */
export function timeline({ rows, marks = [], today, title }) {
  const days = rows
    .flatMap((/** @type {Row} */ row) => row.spans.flatMap((/** @type {Row} */ span) => [span.from, span.to]))
    .concat(
      marks.map((/** @type {Row} */ mark) => mark.on),
      today,
    )
    .filter(Boolean)
    .sort();
  const [first, last] = [days[0], days.at(-1)];
  const whole = Math.max(1, daysBetween(first, last) + 1);
  const x = (/** @type {string} */ day) => LEFT + (daysBetween(first, day) / whole) * (WIDTH - LEFT - RIGHT);
  const height = TOP + rows.length * ROW + 30;
  return html`<figure class="drawing timeline">
    <figcaption class="sr">${title}</figcaption>
    <div class="scroll bare" tabindex="0" role="region" aria-label=${title}>
      <svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}. ${describe(rows)}">
        ${years(first, last).map(
          (year) =>
            svg`<line class="axis" x1=${x(`${year}-01-01`)} x2=${x(`${year}-01-01`)} y1=${TOP - 8} y2=${height - 24}></line><text class="soft" x=${x(`${year}-01-01`) + 3} y=${TOP - 12}>${year}</text>`,
        )}
        ${rows.map(
          (
            /** @type {Row} */ row,
            /** @type {number} */ index,
          ) => svg`<text x=${LEFT - 8} y=${TOP + index * ROW + 19} text-anchor="end">${row.label}</text>
      ${row.spans.map((/** @type {Row} */ span) => {
        const width = Math.max(3, ((daysBetween(span.from, span.to) + 1) / whole) * (WIDTH - LEFT - RIGHT));
        return svg`<rect class="f${span.tone}" x=${x(span.from)} y=${TOP + index * ROW + 4} width=${width} height=${ROW - 12} rx="3"><title>${span.title} : ${date(span.from)} – ${date(span.to)}</title></rect>`;
      })}`,
        )}
        ${today >= first && today <= last
          ? svg`<line class="today" x1=${x(today)} x2=${x(today)} y1=${TOP - 8} y2=${height - 24}></line><text x=${Math.min(x(today), WIDTH - 90)} y=${height - 8} text-anchor="middle">${date(today)}</text>`
          : nothing}
      </svg>
    </div>
  </figure>`;
}

/** @param {string} first
 * @param {string} last */
function years(first, last) {
  const made = [];
  for (let year = Number(first.slice(0, 4)) + 1; year <= Number(last.slice(0, 4)); year++) made.push(year);
  return made.length > 14 ? made.filter((year) => year % 2 === 0) : made;
}

const describe = (/** @type {Row[]} */ rows) =>
  rows
    .flatMap((/** @type {Row} */ row) =>
      row.spans.map((/** @type {Row} */ span) => `${span.title}, du ${longDate(span.from)} au ${longDate(span.to)}`),
    )
    .join(" ; ");
