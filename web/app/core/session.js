// Who works here. A key stays in the memory of this tab and nowhere else: gone with the tab, out of reach of the disk.
import contract from "./contract.js";
import { drafts } from "./store.js";

class Session extends EventTarget {
  key = null;
  token = null;
  left = null;

  get signedIn() {
    return this.token !== null;
  }

  open(key, token) {
    this.key = key;
    this.token = token;
    if (token) drafts.claim(this.who);
    this.dispatchEvent(new Event("change"));
  }

  /** The same person on the same territory, whatever key or cookie proves it. */
  get who() {
    const { caller, label, delegation_id: delegation, member_id: member } = this.token ?? {};
    return JSON.stringify([caller, label, delegation, member]);
  }

  /** The service has ended the session: whoever comes back goes on where one was. */
  expire(hash) {
    this.left = hash;
    this.close();
  }

  close() {
    this.open(null, null);
  }

  /** True when the caller has the scopes that the operation asks, or it asks none. */
  may(operation) {
    if (!operation) return false;
    const ways = operation.security ?? contract.document.security ?? [];
    if (!ways.length) return true;
    return (
      this.signedIn &&
      ways.some((way) =>
        Object.values(way)
          .flat()
          .every((scope) => this.token.scopes.includes(scope)),
      )
    );
  }

  /** True when this kind of caller gets the property or may use the parameter. */
  sees(part) {
    return !part["x-readers"] || (this.signedIn && part["x-readers"].includes(this.token.caller));
  }

  /** What the caller sees of the network, in one sentence. */
  get territory() {
    if (!this.signedIn) return "Vous voyez la partie publique.";
    const { caller, delegation_name: delegation, member_name: member } = this.token;
    if (caller === "NATIONAL") return "Vous voyez tout le réseau.";
    if (caller === "DELEGATION") return `Vous voyez le territoire de la délégation ${delegation}.`;
    if (caller === "STRUCTURE") return `Vous voyez ${member}.`;
    return "Vous voyez les structures qui ont accepté leur diffusion, et leur partie publique.";
  }
}

export default new Session();
