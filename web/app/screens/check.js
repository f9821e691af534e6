// Checking an identifier, without a key: normal form, rule, what follows from it.
import contract from "../core/contract.js";
import { Form } from "../ui/form.js";
import { plain, show as value } from "../ui/value.js";
import { badge, heading, html, mount, nothing, render, within } from "../ui/view.js";

/** @param {HTMLElement} place */
export async function show(place) {
  heading("Vérifier un identifiant");
  const operation = /** @type {Operation} */ (contract.operation("checkIdentifier"));
  mount(
    place,
    html`<h1>Vérifier un identifiant</h1>
      <p class="lead">${operation.description ?? ""}</p>
      <div class="form-place"></div>
      <div class="result-place" aria-live="polite"></div>`,
  );
  const output = within(place, ".result-place");
  const fields = contract.fields(contract.answer(operation));
  new Form(within(place, ".form-place"), operation, {
    compute: true,
    submit: "Vérifier",
    refused: () => render(nothing, output),
    done: ({ data }) =>
      render(
        html`<section class="card">
          <h2>Résultat ${badge(data.valid ? "valable" : "pas valable", data.valid ? "ok" : "bad")}</h2>
          <dl>
            ${fields
              .filter((field) => field.name !== "valid" && data[field.name] !== null && data[field.name] !== undefined)
              .map(
                (field) =>
                  html`<div>
                    <dt>${field.title}</dt>
                    <dd>
                      ${field.kind === "object" ? value(field, data[field.name]) : plain(field, data[field.name])}
                    </dd>
                  </div>`,
              )}
          </dl>
        </section>`,
        output,
      ),
  });
}
