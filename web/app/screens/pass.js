// What the generic list says more about PASS IAE: the way between their screens.
import { passTabs } from "../ui/pass_tabs.js";

export const list = () => ({ tabs: passTabs() });
