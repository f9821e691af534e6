// Who works here. A key stays in the memory of this tab and nowhere else: gone with the tab, out of reach of the disk.
import contract from "./contract.js";
import { drafts } from "./store.js";

class Session extends EventTarget {
  /** @type {string | null} */
  key = null;
  /** @type {Token | null} */
  token = null;
  /** Where one was when the service ended the session. @type {string | null} */
  left = null;

  get signedIn() {
    return this.token !== null;
  }

  /** @param {string | null} key
   * @param {Token | null} token */
  open(key, token) {
    this.key = key;
    this.token = token;
    if (token) drafts.claim(this.who);
    this.dispatchEvent(new Event("change"));
  }

  /** The same person on the same territory, whatever key or cookie proves it. */
  get who() {
    const {
      caller,
      label,
      delegation_id: delegation,
      member_id: member,
    } = this.token ?? /** @type {Partial<Token>} */ ({});
    return JSON.stringify([caller, label, delegation, member]);
  }

  /** The service has ended the session: whoever comes back goes on where one was.
   * @param {string} hash */
  expire(hash) {
    this.left = hash;
    this.close();
  }

  close() {
    this.open(null, null);
  }

  /** True when the caller has the scopes that the operation asks, or it asks none.
   * @param {Operation | null | undefined} operation */
  may(operation) {
    if (!operation) return false;
    const ways = operation.security ?? contract.document.security ?? [];
    if (!ways.length) return true;
    const scopes = this.token?.scopes;
    return (
      scopes !== undefined &&
      ways.some((way) =>
        Object.values(way)
          .flat()
          .every((scope) => scopes.includes(scope)),
      )
    );
  }

  /** True when this kind of caller gets the property or may use the parameter.
   * @param {{ "x-readers"?: string[] }} part */
  sees(part) {
    return !part["x-readers"] || (this.token !== null && part["x-readers"].includes(this.token.caller));
  }

  /** What the caller sees of the network, in one sentence. */
  get territory() {
    if (!this.token) return "Vous voyez la partie publique.";
    const { caller, delegation_name: delegation, member_name: member } = this.token;
    if (caller === "NATIONAL") return "Vous voyez tout le réseau.";
    if (caller === "DELEGATION") return `Vous voyez le territoire de la délégation ${delegation}.`;
    if (caller === "STRUCTURE") return `Vous voyez ${member}.`;
    return "Vous voyez les structures qui ont accepté leur diffusion, et leur partie publique.";
  }
}

export default new Session();
