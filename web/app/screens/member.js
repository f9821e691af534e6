// What the generic list and sheet say more about a structure: the way to the map, and why its status is what it is.
import contract, { named } from "../core/contract.js";
import { longDate } from "../core/formats.js";
import { link } from "../core/router.js";
import { plain } from "../ui/value.js";
import { html, icon, nothing } from "../ui/view.js";
import { around, networkTabs } from "./network.js";

export const list = () => ({
  tabs: networkTabs(),
  switch: html`<a class="button" href=${link(["carte"])}>${icon("right")} Carte</a>`,
});

/** @param {Row} options */
export function sheet({ record, id, collection }) {
  const status = named(contract.fields(contract.answer(collection.read)), "status");
  if (!record.status || !record.joined_on) return around(id);
  const since =
    record.first_joined_on && record.first_joined_on !== record.joined_on
      ? ` (première adhésion le ${longDate(record.first_joined_on)})`
      : "";
  const end = record.left_on ? ` Dernier jour : ${longDate(record.left_on)}.` : "";
  return html`<p class="lead">
      ${plain(status, record.status)} : adhésion continue depuis le ${longDate(record.joined_on)}${since}.${end}
    </p>
    ${around(id)}`;
}
