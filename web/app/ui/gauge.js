// A part of a whole on one bar, with the numbers beside it in words.
import { html, svg } from "./view.js";

/** parts: [{title, value, tone, text}]; whole: their possible sum.
 * @param {Row} options */
export function gauge({ title, whole, parts }) {
  let at = 0;
  const said = parts.map((/** @type {Row} */ part) => `${part.title} : ${part.text}`).join(", ");
  return html`<figure class="drawing gauge">
    <figcaption class="sr">${title}</figcaption>
    <svg viewBox="0 0 600 26" role="img" aria-label="${title}. ${said}">
      <rect class="gauge-whole" width="600" height="22" rx="4"></rect>
      ${parts.map((/** @type {Row} */ part) => {
        const width = whole > 0 ? Math.max(0, Math.min(600 - at, (part.value / whole) * 600)) : 0;
        const drawn = svg`<rect class="f${part.tone}" x=${at} width=${width} height="22" rx="4"></rect>`;
        at += width;
        return drawn;
      })}
    </svg>
    <ul class="legend">
      ${parts.map(
        (/** @type {Row} */ part) =>
          html`<li>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect class="f${part.tone}" width="10" height="10" rx="2"></rect></svg
            >${part.title} : ${part.text}
          </li>`,
      )}
    </ul>
  </figure>`;
}
