// Controls made from the schema: label, help, value, fault, all linked. `form` is {raw, faults, set(path, value), redraw}.
import contract, { field as fieldOf } from "../core/contract.js";
import { collator, date, fold, luhn, parseDate, phone } from "../core/formats.js";
import { once } from "../core/store.js";
import { walk } from "../core/api.js";
import { itemField, typedObject } from "./fields.js";
import { learnNames, nameOf } from "./names.js";
import { live } from "./directives.js";
import { html, icon, nothing } from "./view.js";

const MOST_CHOICES = 100;
export const idOf = (/** @type {string} */ pointer) => `f${pointer.replaceAll("/", "-")}`;
const pointerOf = (/** @type {Path} */ path) => `/${path.join("/")}`;
const at = (/** @type {any} */ tree, /** @type {Path} */ path) => path.reduce((value, key) => value?.[key], tree);

/** Every row of the list that an id comes from, as [{id, label}]; asked once.
 * @param {Reference} ref */
export function references(ref) {
  return once(`ref:${ref.list}`, async () => {
    const operation = contract.operation(ref.list);
    if (!operation) return [];
    const { rows } = await walk(operation, { query: { fields: `id,${ref.label}` }, most: 1000 });
    return rows
      .map((row) => ({ id: row.id, label: String(row[ref.label] ?? row.id) }))
      .sort((one, other) => collator.compare(one.label, other.label));
  });
}

/** @param {Field} field
 * @param {string} pointer
 * @param {FormLike} form
 * @param {(id: string, aria: Record<string, string>) => unknown} control */
function frame(field, pointer, form, control) {
  const id = idOf(pointer),
    fault = form.faults.get(pointer);
  const hint = contract.prose(field.description ?? ""),
    day = field.kind === "date";
  return html`<div class="field ${fault ? "faulty" : ""} k-${field.kind}" data-pointer=${pointer}>
    ${field.kind === "boolean" && !field.nullable && !field.required
      ? nothing
      : html`<label for=${id}
          >${field.title}${field.required ? html` <span class="required">(obligatoire)</span>` : nothing}${unit(
            field,
          )}</label
        >`}
    ${control(id, {
      "aria-describedby": `${hint ? `${id}-hint ` : ""}${day ? `${id}-day ` : ""}${fault ? `${id}-fault` : ""}`.trim(),
    })}
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
    ${day ? html`<span class="sr" id="${id}-day">Jour, mois, année : 03/02/2026.</span>` : nothing}
    ${fault ? html`<p class="fault" id="${id}-fault">${icon("warn")} ${fault}</p>` : nothing}
  </div>`;
}

const unit = (/** @type {Field} */ field) =>
  field.kind === "money" ? " (en euros)" : field.kind === "minutes" ? " (en minutes)" : nothing;
/** @type {Record<string, string>} */
const AUTOFILL = { email: "email", phone: "tel" };
/** @type {Record<string, string>} */
const INPUT = { email: "email", uri: "url", phone: "tel" };

/** @param {Field} field
 * @param {Path} path
 * @param {FormLike} form */
function input(field, path, form) {
  const pointer = pointerOf(path),
    value = at(form.raw, path) ?? "";
  const digits = ["siret", "siren", "date"].includes(field.kind)
    ? "numeric"
    : ["number", "money", "minutes"].includes(field.kind)
      ? "decimal"
      : nothing;
  return frame(
    field,
    pointer,
    form,
    (id, aria) =>
      html`<input
        id=${id}
        name=${path.join(".")}
        type=${INPUT[field.kind] ?? "text"}
        inputmode=${digits}
        .value=${live(value)}
        aria-describedby=${aria["aria-describedby"] || nothing}
        aria-invalid=${form.faults.has(pointer) ? "true" : nothing}
        aria-required=${field.required ? "true" : nothing}
        autocomplete=${AUTOFILL[field.kind] && form.own ? AUTOFILL[field.kind] : "off"}
        placeholder=${field.kind === "date" ? "jj/mm/aaaa" : nothing}
        @input=${(/** @type {ControlEvent} */ event) => {
          form.set(path, event.target.value);
          advise(field, event.target);
        }}
        @change=${(/** @type {ControlEvent} */ event) => tidy(field, event.target, path, form)}
      />`,
  );
}

// While typing: a wrong key is said as soon as all digits are there.
/** @param {Field} field
 * @param {HTMLInputElement} control */
function advise(field, control) {
  if (field.kind !== "siret" && field.kind !== "siren") return;
  const digits = control.value.replace(/\D/g, "");
  const complete = digits.length === (field.kind === "siret" ? 14 : 9);
  control.classList.toggle("good", complete && luhn(digits));
  control.classList.toggle("wrong", complete && !luhn(digits));
}

/** @param {Field} field
 * @param {HTMLInputElement} control
 * @param {Path} path
 * @param {FormLike} form */
function tidy(field, control, path, form) {
  const tidied =
    field.kind === "date"
      ? parseDate(control.value) && date(parseDate(control.value))
      : field.kind === "phone"
        ? phone(control.value)
        : null;
  if (tidied && tidied !== control.value) {
    form.set(path, tidied);
    form.redraw();
  }
}

const text = (/** @type {Field} */ field, /** @type {Path} */ path, /** @type {FormLike} */ form) =>
  frame(
    field,
    pointerOf(path),
    form,
    (id, aria) =>
      html`<textarea
        id=${id}
        rows="4"
        .value=${live(at(form.raw, path) ?? "")}
        aria-describedby=${aria["aria-describedby"] || nothing}
        aria-invalid=${form.faults.has(pointerOf(path)) ? "true" : nothing}
        @input=${(/** @type {ControlEvent} */ event) => form.set(path, event.target.value)}
      ></textarea>`,
  );

/** @param {Field} field
 * @param {Path} path
 * @param {FormLike} form
 * @param {Choice[]} choices */
function select(field, path, form, choices) {
  const value = String(at(form.raw, path) ?? "");
  return frame(
    field,
    pointerOf(path),
    form,
    (id, aria) =>
      html`<select
        id=${id}
        aria-describedby=${aria["aria-describedby"] || nothing}
        aria-invalid=${form.faults.has(pointerOf(path)) ? "true" : nothing}
        aria-required=${field.required ? "true" : nothing}
        @change=${(/** @type {ControlEvent} */ event) => {
          form.set(path, event.target.value);
          form.redraw();
        }}
      >
        <option value="" ?selected=${value === ""}>${field.required ? "Choisir…" : "—"}</option>
        ${choices.map(
          (choice) =>
            html`<option
              value=${choice.value}
              ?selected=${String(choice.value) === value}
              title=${choice.description ?? nothing}
            >
              ${choice.title}
            </option>`,
        )}
        ${value && !choices.some((choice) => String(choice.value) === value)
          ? html`<option value=${value} selected>
              ${(field.ref && nameOf(field.ref.list, value)) ?? `${value} (valeur inconnue)`}
            </option>`
          : nothing}
      </select>`,
  );
}

/** @param {Field} field
 * @param {Path} path
 * @param {FormLike} form */
function checkbox(field, path, form) {
  return frame(
    field,
    pointerOf(path),
    form,
    (id, aria) =>
      html`<label class="check"
        ><input
          id=${id}
          type="checkbox"
          .checked=${live(at(form.raw, path) === true)}
          aria-describedby=${aria["aria-describedby"] || nothing}
          @change=${(/** @type {ControlEvent} */ event) => {
            form.set(path, event.target.checked);
            form.redraw();
          }}
        />
        ${field.title}</label
      >`,
  );
}

const YES_NO = [
  { value: "true", title: "Oui" },
  { value: "false", title: "Non" },
];

// Official codes that are few enough to be chosen by their names.
const REGIONS = new Set(["region_code"]);

/** Identifiers that were asked for once already. @type {Set<string>} */
const asked = new Set();

// Few rows: a choice list. Many: a field that proposes, and keeps the id of the row that was named.
/** @param {Field} field
 * @param {Path} path
 * @param {FormLike} form */
function reference(field, path, form) {
  const wanted = references(field.ref);
  const known = form.known?.get(field.ref.list);
  if (!known) {
    wanted.then(
      (rows) => {
        (form.known ??= new Map()).set(field.ref.list, rows);
        form.redraw();
      },
      () => {
        (form.known ??= new Map()).set(field.ref.list, []);
        form.redraw();
      },
    );
    return frame(
      field,
      pointerOf(path),
      form,
      (id) => html`<input type="text" id=${id} disabled value="Lecture des choix…" />`,
    );
  }
  const now = at(form.raw, path);
  // A record that the list no longer has, a delegation of former days for instance, is asked for by itself.
  if (now && !known.some((row) => row.id === now) && !asked.has(now)) {
    asked.add(now);
    learnNames([field], [{ [field.name]: now }]).then(() => form.redraw());
  }
  if (known.length <= MOST_CHOICES)
    return select(
      field,
      path,
      form,
      known.map((row) => ({ value: row.id, title: row.label })),
    );
  const chosen = at(form.raw, path) ?? "";
  const shown = known.find((row) => row.id === chosen)?.label ?? chosen;
  const pointer = pointerOf(path);
  return frame(
    field,
    pointer,
    form,
    (id, aria) =>
      html`<input
          type="text"
          id=${id}
          list="${id}-list"
          .value=${live(shown)}
          autocomplete="off"
          aria-describedby=${aria["aria-describedby"] || nothing}
          aria-invalid=${form.faults.has(pointer) ? "true" : nothing}
          @change=${(/** @type {ControlEvent} */ event) =>
            form.set(path, known.find((row) => fold(row.label) === fold(event.target.value))?.id ?? event.target.value)}
        />
        <datalist id="${id}-list">${known.map((row) => html`<option value=${row.label}></option>`)}</datalist>`,
  );
}

/** @param {Field} field
 * @param {Path} path
 * @param {FormLike} form */
function checks(field, path, form) {
  const chosen = at(form.raw, path) ?? [],
    pointer = pointerOf(path);
  const toggle = (/** @type {any} */ value) => {
    form.set(
      path,
      chosen.includes(value) ? chosen.filter((/** @type {unknown} */ one) => one !== value) : [...chosen, value],
    );
    form.redraw();
  };
  return html`<fieldset class="field" id=${idOf(pointer)} tabindex="-1">
    <legend>${field.title}${field.required ? html` <span class="required">(obligatoire)</span>` : nothing}</legend>
    ${field.description ? html`<p class="hint">${contract.prose(field.description)}</p>` : nothing}
    <div class="checks">
      ${contract
        .choices(field.schema)
        .map(
          (choice) =>
            html`<label class="check"
              ><input
                type="checkbox"
                .checked=${live(chosen.includes(choice.value))}
                @change=${() => toggle(choice.value)}
              />
              ${choice.title}</label
            >`,
        )}
    </div>
    ${form.faults.get(pointer) ? html`<p class="fault">${icon("warn")} ${form.faults.get(pointer)}</p>` : nothing}
  </fieldset>`;
}

/** @param {Field} field
 * @param {Path} path
 * @param {FormLike} form */
function words(field, path, form) {
  const joined = fieldOf(
    field.name,
    {
      ...field.schema,
      type: "string",
      description: [field.description, "Séparez par des virgules."].filter(Boolean).join(" "),
    },
    field.required,
  );
  const shown = { ...form, raw: at(form.raw, path) };
  return frame(
    joined,
    pointerOf(path),
    form,
    (id, aria) =>
      html`<input
        type="text"
        id=${id}
        .value=${(shown.raw ?? []).join(", ")}
        aria-describedby=${aria["aria-describedby"] || nothing}
        @change=${(/** @type {ControlEvent} */ event) =>
          form.set(
            path,
            event.target.value
              .split(",")
              .map((/** @type {string} */ word) => word.trim())
              .filter(Boolean),
          )}
      />`,
  );
}

/** @param {Field} field
 * @param {Path} path
 * @param {FormLike} form */
function repeated(field, path, form) {
  const one = itemField(field),
    rows = at(form.raw, path) ?? [],
    pointer = pointerOf(path);
  const title = one.schema.title ?? field.title;
  const add = () => {
    form.set(path, [...rows, typedObject(one.schema, {})]);
    form.redraw();
    form.focus?.(idOf(`${pointer}/${rows.length}/${contract.fields(one.schema)[0].name}`));
  };
  const drop = (/** @type {number} */ index) => {
    form.set(
      path,
      rows.filter((/** @type {unknown} */ _, /** @type {number} */ other) => other !== index),
    );
    form.redraw();
    form.focus?.(`${idOf(pointer)}-add`);
  };
  return html`<fieldset class="repeat" id=${idOf(pointer)} tabindex="-1">
    <legend>${field.title}</legend>
    ${field.description ? html`<p class="hint">${contract.prose(field.description)}</p>` : nothing}
    ${form.faults.get(pointer) ? html`<p class="fault">${icon("warn")} ${form.faults.get(pointer)}</p>` : nothing}
    ${rows.map(
      (/** @type {unknown} */ _, /** @type {number} */ index) =>
        html`<fieldset class="one">
          <legend>${title} ${index + 1}</legend>
          <div class="fields">
            ${contract
              .fields(one.schema)
              .filter((part) => !part.schema.readOnly)
              .map((part) => control(part, [...path, index, part.name], form))}
          </div>
          <button type="button" class="quiet" @click=${() => drop(index)}>
            ${icon("close")} Retirer <span class="sr">${title} ${index + 1}</span>
          </button>
        </fieldset>`,
    )}
    <button
      type="button"
      id="${idOf(pointer)}-add"
      @click=${add}
      ?disabled=${rows.length >= (field.schema.maxItems ?? Infinity)}
    >
      ${icon("add")} Ajouter<span class="sr"> : ${title}</span>
    </button>
  </fieldset>`;
}

const group = (/** @type {Field} */ field, /** @type {Path} */ path, /** @type {FormLike} */ form) =>
  html`<fieldset class="repeat">
    <legend>${field.title}${field.required ? nothing : html` <span class="required">(facultatif)</span>`}</legend>
    ${field.description ? html`<p class="hint">${contract.prose(field.description)}</p>` : nothing}
    <div class="fields">
      ${contract
        .fields(field.schema)
        .filter((part) => !part.schema.readOnly)
        .map((part) => control(part, [...path, part.name], form))}
    </div>
  </fieldset>`;

/** The control of a field at a path of the typed tree.
 * @returns {unknown}
 * @param {Field} field
 * @param {Path} path
 * @param {FormLike} form */
export function control(field, path, form) {
  // An identifier of no list of its own: the screen knows which records may be meant.
  const given = form.options?.choices?.[field.name];
  if (given) return select(field, path, form, given);
  switch (field.kind) {
    case "enum":
      return select(field, path, form, contract.choices(field.schema));
    case "boolean":
      return field.nullable || field.required ? select(field, path, form, YES_NO) : checkbox(field, path, form);
    case "ref":
      return contract.has(field.ref.list) ? reference(field, path, form) : input(field, path, form);
    case "text":
      return REGIONS.has(field.name) && contract.has("listRegions")
        ? reference({ ...field, ref: { list: "listRegions", label: "name" } }, path, form)
        : input(field, path, form);
    case "long":
      return text(field, path, form);
    case "object":
      return group(field, path, form);
    case "refs":
      return words(field, path, form);
    case "items":
      return itemField(field).kind === "object"
        ? repeated(field, path, form)
        : itemField(field).schema.enum
          ? checks(field, path, form)
          : words(field, path, form);
    default:
      return input(field, path, form);
  }
}
