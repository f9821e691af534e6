// What the modules of the client speak of, named once. Nothing here is served: `tsc` reads it, and who reads the modules.

/** JSON Schema as the contract uses it; `$ref` and `allOf` until `contract.resolve` has followed them. */
interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: (string | number | null)[];
  oneOf?: { const: string; title: string; description?: string }[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  multipleOf?: number;
  pattern?: string;
  default?: unknown;
  examples?: unknown[];
  readOnly?: boolean;
  writeOnly?: boolean;
  deprecated?: boolean;
  "x-ref"?: Reference;
  "x-unit"?: string;
  "x-ui"?: Hints;
  "x-readers"?: string[];
  [extension: `x-${string}`]: unknown;
}

/** Where the record behind an identifier is found: a list of the contract, and the property that names a row of it. */
interface Reference {
  list: string;
  label: string;
}

interface Hints {
  order?: number;
  group?: string;
  list?: boolean;
  width?: string;
  tone?: Record<string, string>;
  widget?: string;
  unit?: string;
}

interface Parameter {
  name: string;
  in: "query" | "path" | "header";
  title?: string;
  description?: string;
  required?: boolean;
  schema: Schema;
  example?: unknown;
  style?: string;
  explode?: boolean;
  "x-readers"?: string[];
}

type Content = Record<string, { schema?: Schema; example?: any; examples?: Record<string, any> }>;

/** A response of the contract; `Response` is the browser's own. */
interface Outcome {
  description?: string;
  content?: Content;
  headers?: Record<string, unknown>;
}

/** An operation of the contract with its method and path. */
interface Operation {
  operationId: string;
  method: string;
  path: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: { content?: Content; required?: boolean };
  responses?: Record<string, Outcome>;
  security?: Record<string, string[]>[];
  deprecated?: boolean;
  [extension: `x-${string}`]: any;
}

/** The OpenAPI document. */
interface ContractDocument {
  openapi?: string;
  info?: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, any>>;
  tags: { name: string; description?: string; "x-displayName"?: string }[];
  components: { schemas?: Record<string, Schema>; [kind: string]: any };
  security?: Record<string, string[]>[];
}

/** What belongs to a collection of the contract, as `contract.collection` finds it. */
interface Collection {
  path: string;
  item: string | undefined;
  list: Operation | null;
  create: Operation | null;
  read: Operation | null;
  update: Operation | null;
  remove: Operation | null;
  parts: Operation[];
  single: Operation[];
  actions: Operation[];
}

/** A property with the kind of control and display that it needs. */
interface Field {
  name: string;
  title: string;
  kind: string;
  schema: Schema;
  required: boolean;
  type: string;
  nullable: boolean;
  description?: string;
  example?: unknown;
  unit?: string;
  /** There when the kind is "ref" or "refs". */
  ref: Reference;
}

/** What a daily list says beyond the contract; see `core/lists.js`. */
interface ListHints {
  title?: string;
  /** What a row is called; a pair when its plural is irregular. */
  noun?: string | string[];
  columns?: string[];
  main?: string[];
  facets?: Record<string, string>;
  day?: string;
  empty?: string;
}

interface Choice {
  value: string;
  title: string;
  description?: string;
}

/** A record as the service gives it: which properties it has is said by the contract at run time, not here. */
type Row = Record<string, any>;

/** Query of an address: what stands after its `?`. */
type Query = Record<string, string>;

/** An address of the client, taken apart. */
interface Route {
  segments: string[];
  query: Query;
}

/** What `show` of a screen may return: it follows a changed query by itself. */
type Shown = { follow?: (route: Route) => unknown } | undefined;

/** Values for an address of the service or of the client; empty ones are left out. */
type Values = Record<string, string | number | boolean | string[] | null | undefined>;

/** How an operation is performed; see `call`. */
interface CallOptions {
  path?: Values;
  query?: Values;
  body?: string | object;
  type?: string;
  ifMatch?: string | null;
  key?: string | null;
  accept?: string;
  prefer?: string;
  long?: boolean;
}

interface Answer {
  data: any;
  etag: string | null;
  headers: Headers;
  status: number;
}

/** problem+json, or a sentence of our own in its shape. */
interface ProblemContent {
  title: string;
  detail?: string;
  code?: string;
  status?: number;
  type?: string;
  errors?: Fault[];
  request_id?: string | null;
  retry_after?: number;
  [more: string]: any;
}

/** A fault of one value: where it stands, and which rule it breaks. */
interface Fault {
  pointer?: string;
  parameter?: string;
  code?: string;
  detail: string;
  suggestion?: string;
  value?: unknown;
  allowed?: unknown;
}

/** What GET /v1/token says of who works here. */
interface Token {
  caller: string;
  label: string;
  scopes: string[];
  delegation_id?: string | null;
  delegation_name?: string | null;
  member_id?: string | null;
  member_name?: string | null;
  [more: string]: any;
}

/** What a template may hold. */
type Markup =
  | import("lit-html").TemplateResult
  | import("lit-html").TemplateResult<2>
  | symbol
  | string
  | number
  | undefined;

// The library is served beside the client, where no compiler finds it: it is that of node_modules.
declare module "*/vendor/lit-html/lit-html.js" {
  export * from "lit-html";
}
declare module "*/vendor/lit-html/directives/repeat.js" {
  export * from "lit-html/directives/repeat.js";
}
declare module "*/vendor/lit-html/directives/live.js" {
  export * from "lit-html/directives/live.js";
}

/** Trusted Types, where the browser has them. */
declare var trustedTypes:
  | { createPolicy(name: string, rules: object): { createScriptURL(text: string): string } }
  | undefined;

interface Element {
  /** The place holds a template of ours already; see `mount`. */
  $ours?: boolean;
}

/** An event of one of our controls: its target is that control. */
interface ControlEvent extends Event {
  target: HTMLInputElement;
}

/** The sending of one of our forms. */
interface FormEvent extends Event {
  target: HTMLFormElement;
}

/** Where a value stands in the typed tree of a form. */
type Path = (string | number)[];

/** What a form is made with; see `ui/form.js`. */
interface FormOptions {
  path?: Values;
  record?: Row | null;
  etag?: string | null;
  initial?: Row;
  only?: string[];
  main?: string[];
  title?: string;
  submit?: string;
  cancel?: string;
  compute?: boolean;
  choices?: Record<string, Choice[]>;
  done?: (answer: any, form: any, body?: Row) => unknown;
  changed?: (form: any) => unknown;
  refused?: (faults: Fault[], problem: unknown) => unknown;
  [more: string]: any;
}

/** What a sheet is made with; see `ui/sheet.js`. */
interface SheetOptions {
  id: string;
  /** Last word of the path of the part that is open. */
  tab?: string;
  /** Segments of the collection's address. */
  base: string[];
  extra?: (sheet: any) => unknown;
  drawnFields?: Set<string>;
  single?: (sheet: any, operation: Operation, place: HTMLElement) => unknown;
  tools?: (sheet: any) => unknown;
}

/** What a list is made with; see `ui/list.js`. */
interface ListOptions {
  path?: Values;
  base?: string[];
  collection?: Collection;
  title?: string;
  /** Filters that stay whatever the address says. */
  initial?: Values;
  /** Another way to look at the same rows. */
  switch?: unknown;
  intro?: unknown;
  tabs?: unknown;
  /** Part of a sheet: no title of its own screen. */
  below?: boolean;
  /** Identifier of the row to show among the others. */
  marked?: string;
}

/** What a table has beside columns and rows; see `ui/table.js`. */
interface TableOptions {
  caption?: string;
  showCaption?: boolean;
  href?: (row: Row) => string | null | undefined;
  sorts?: string[];
  sort?: string;
  sortBy?: (key: string) => void;
  mark?: (row: Row) => string;
}

/** Both versions of a record that two people changed at once. */
interface Conflict {
  theirs: Row;
  mine: Row;
  etag: string | null;
  names: string[];
  take: Record<string, string>;
}

/** What controls need of a form: see `ui/form.js`. */
interface FormLike {
  raw: Row;
  faults: Map<string, string>;
  options?: FormOptions;
  known?: Map<string, Named[]>;
  own?: boolean;
  set(path: Path, value: unknown): void;
  redraw(): void;
  focus?(id: string): void;
}

/** A row of another list, as choices name it. */
interface Named {
  id: string;
  label: string;
}

/** A filter of a list, from a query parameter of its operation. */
interface Filter {
  name: string;
  field: Field;
  many: boolean;
}

/** What a filter bar has beside the filters themselves; see `ui/filters.js`. */
interface FilterTools {
  known: Map<string, Named[]>;
  change: (name: string | null, values?: string[]) => void;
  done: () => void;
  main?: string[];
  counts?: Record<string, Map<string, number>>;
  opened?: Set<string>;
}

/** A row of a chart: values beside each other, null for one that is hidden. */
interface Bar {
  label: string;
  values: (number | string | null)[];
}

/** How the values of a chart are written. */
interface Scale {
  shown: (value: number) => string;
  filed: (value: number) => string;
  axis: (value: number) => string;
}

/** What a drawing needs beside rows and title. */
interface Drawing {
  cell: (value: unknown) => string;
  axis: (value: number) => string;
  heads: string[];
  first: string;
}
