// What tables and controls ask of the library beyond templates; apart, so that the first screen does not wait for it.
export { repeat } from "../../vendor/lit-html/directives/repeat.js";
export { live } from "../../vendor/lit-html/directives/live.js";
