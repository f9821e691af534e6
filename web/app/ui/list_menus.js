// Menus of a list: which columns in which order, and views kept by name. Both are choices of display of this browser.
import { go, link } from "../core/router.js";
import { choices } from "../core/store.js";
import { entered, html, icon } from "./view.js";

/** @param {Row} list */
export function columnsMenu(list) {
  const names = list.columns;
  const move = (/** @type {string} */ name, /** @type {number} */ step) => {
    const order = names.filter((/** @type {string} */ other) => other !== name);
    order.splice(Math.max(0, names.indexOf(name) + step), 0, name);
    list.pick(order);
  };
  const chosen = list.shown;
  const rest = list.fields.filter(
    (/** @type {Field} */ field) => !names.includes(field.name) && field.kind !== "object",
  );
  return html`<details class="choice">
    <summary>${icon("columns")} Colonnes</summary>
    <fieldset class="pop">
      <legend class="sr">Colonnes affichées</legend>
      ${chosen.map(
        (/** @type {Field} */ field) =>
          html`<div class="line">
            <label class="check"
              ><input
                type="checkbox"
                .checked=${true}
                ?disabled=${names.length === 1}
                @change=${() => list.pick(names.filter((/** @type {string} */ name) => name !== field.name))}
              />
              <span>${field.title}</span></label
            >
            <button
              type="button"
              class="quiet"
              aria-label="Avancer ${field.title}"
              @click=${() => move(field.name, -1)}
            >
              ${icon("up")}
            </button>
            <button type="button" class="quiet" aria-label="Reculer ${field.title}" @click=${() => move(field.name, 1)}>
              ${icon("down")}
            </button>
          </div>`,
      )}
      ${rest.map(
        (/** @type {Field} */ field) =>
          html`<label class="check"
            ><input type="checkbox" .checked=${false} @change=${() => list.pick([...names, field.name])} />
            <span>${field.title}</span></label
          >`,
      )}
    </fieldset>
  </details>`;
}

/** @param {Row} list */
export function viewsMenu(list) {
  const name = `views:${list.operation.operationId}`,
    views = choices.read(name, []);
  const keep = (/** @type {FormEvent} */ event) => {
    event.preventDefault();
    const title = entered(event.target, "title");
    if (!title) return;
    choices.keep(
      name,
      [
        ...views.filter((/** @type {Row} */ view) => view.title !== title),
        { title, query: list.query, columns: list.columns },
      ].slice(-20),
    );
    event.target.reset();
    list.draw();
  };
  const open = (/** @type {Row} */ view) => {
    list.pick(view.columns);
    go(link(list.base, view.query));
  };
  return html`<details class="choice">
    <summary>${icon("star")} Vues</summary>
    <div class="pop">
      ${views.length
        ? html`<ul class="plain">
            ${views.map(
              (/** @type {Row} */ view) =>
                html`<li class="line">
                  <button type="button" class="quiet" @click=${() => open(view)}>${view.title}</button>
                  <button
                    type="button"
                    class="quiet"
                    aria-label="Supprimer la vue ${view.title}"
                    @click=${() => {
                      choices.keep(
                        name,
                        views.filter((/** @type {Row} */ one) => one !== view),
                      );
                      list.draw();
                    }}
                  >
                    ${icon("close")}
                  </button>
                </li>`,
            )}
          </ul>`
        : html`<p class="hint">Une vue garde filtres, tri et colonnes, dans ce navigateur.</p>`}
      <form class="line" @submit=${keep}>
        <label class="sr" for="view-title">Nom de la vue</label
        ><input type="text" id="view-title" name="title" maxlength="60" placeholder="Nom de la vue" /><button>
          Garder
        </button>
      </form>
    </div>
  </details>`;
}
