// The attendance of one half-day, everybody on one screen: present unless said otherwise, with the proof that makes it count.
import contract, { named } from "../core/contract.js";
import { walk } from "../core/api.js";
import { collator, date } from "../core/formats.js";
import { control } from "../ui/controls.js";
import { typedObject } from "../ui/fields.js";
import { Form } from "../ui/form.js";
import { plain } from "../ui/value.js";
import { html } from "../ui/view.js";

const SEATED = ["CONFIRMED", "ATTENDED", "PARTIAL", "NO_SHOW"];

/** A half-day by its date and half, as people speak of it.
 * @param {Row} slot */
function nameOf(slot) {
  const fields = contract.fields(contract.row(contract.operation("listTrainingSlots")));
  const half = named(fields, "half_day");
  return `${date(slot.on_date)} ${plain(half, slot.half_day).toLowerCase()}`;
}

/** Choices for what is an identifier in the forms of a session: its half-days that are open, its people.
 * @param {string} id
 * @returns {Promise<Record<string, { value: string, title: string }[]>>} */
export async function choicesOf(id) {
  const path = { id };
  const [slots, people] = await Promise.all([
    walk(contract.operation("listTrainingSlots"), { path, most: 200 }),
    walk(contract.operation("listTrainingEnrolments"), { path, most: 1000 }),
  ]);
  return {
    slot_id: slots.rows.filter((slot) => !slot.is_closed).map((slot) => ({ value: slot.id, title: nameOf(slot) })),
    enrolment_id: people.rows
      .filter((row) => SEATED.includes(row.state))
      .map((row) => ({
        value: row.id,
        title: [row.family_name, row.given_name].filter(Boolean).join(" ") || row.member_name || "Identité effacée",
      }))
      .sort((one, other) => collator.compare(one.title, other.title)),
  };
}

/** The form of the sheet: one line for each person enrolled. */
export class AttendanceForm extends Form {
  controls() {
    const [slot, entries] = ["slot_id", "entries"].map((name) => named(this.fields, name));
    const parts = contract
      .fields(contract.resolve(entries.schema.items))
      .filter((field) => !["enrolment_id", "signed_at"].includes(field.name));
    const people = this.options.choices?.enrolment_id ?? [];
    return html`<div class="fields">${control(slot, ["slot_id"], this)}</div>
      ${this.raw.entries.map(
        (/** @type {Row} */ entry, /** @type {number} */ index) =>
          html`<fieldset class="one">
            <legend>${people.find((one) => one.value === entry.enrolment_id)?.title ?? ""}</legend>
            <div class="fields">${parts.map((field) => control(field, ["entries", index, field.name], this))}</div>
          </fieldset>`,
      )}`;
  }
}

/** What the form begins with: everybody present, by the first status of the contract.
 * @param {any} operation
 * @param {Record<string, { value: string, title: string }[]>} choices */
export function everybody(operation, choices) {
  const schema = contract.body(operation),
    status = named(contract.inside(schema, "entries"), "status");
  const [present] = contract.choices(status.schema);
  return {
    ...typedObject(schema, {}),
    slot_id: choices.slot_id[0]?.value,
    entries: choices.enrolment_id.map((one) => ({ enrolment_id: one.value, status: present.value })),
  };
}
