// Menus of a list: which columns in which order, and views kept by name. Both are choices of display of this browser.
import { go, link } from "../core/router.js";
import { choices } from "../core/store.js";
import { html, icon } from "./view.js";

export function columnsMenu(list) {
  const names = list.columns;
  const move = (name, step) => {
    const order = names.filter((other) => other !== name);
    order.splice(Math.max(0, names.indexOf(name) + step), 0, name);
    list.pick(order);
  };
  const chosen = names.map((name) => list.fields.find((field) => field.name === name)).filter(Boolean);
  const rest = list.fields.filter((field) => !names.includes(field.name) && field.kind !== "object");
  return html`<details class="choice">
    <summary>${icon("columns")} Colonnes</summary>
    <fieldset class="pop">
      <legend class="sr">Colonnes affichées</legend>
      ${chosen.map(
        (field) =>
          html`<div class="line">
            <label class="check"
              ><input
                type="checkbox"
                .checked=${true}
                ?disabled=${names.length === 1}
                @change=${() => list.pick(names.filter((name) => name !== field.name))}
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
        (field) =>
          html`<label class="check"
            ><input type="checkbox" .checked=${false} @change=${() => list.pick([...names, field.name])} />
            <span>${field.title}</span></label
          >`,
      )}
    </fieldset>
  </details>`;
}

export function viewsMenu(list) {
  const name = `views:${list.operation.operationId}`,
    views = choices.read(name, []);
  const keep = (event) => {
    event.preventDefault();
    const title = new FormData(event.target).get("title").trim();
    if (!title) return;
    choices.keep(
      name,
      [...views.filter((view) => view.title !== title), { title, query: list.query, columns: list.columns }].slice(-20),
    );
    event.target.reset();
    list.draw();
  };
  const open = (view) => {
    list.pick(view.columns);
    go(link(list.base, view.query));
  };
  return html`<details class="choice">
    <summary>${icon("star")} Vues</summary>
    <div class="pop">
      ${views.length
        ? html`<ul class="plain">
            ${views.map(
              (view) =>
                html`<li class="line">
                  <button type="button" class="quiet" @click=${() => open(view)}>${view.title}</button>
                  <button
                    type="button"
                    class="quiet"
                    aria-label="Supprimer la vue ${view.title}"
                    @click=${() => {
                      choices.keep(
                        name,
                        views.filter((one) => one !== view),
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
