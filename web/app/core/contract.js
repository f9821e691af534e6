// The contract, read at run time: which operations exist, what they take and answer, how all of it is called in French.
const METHODS = ["get", "post", "put", "patch", "delete"];

const unescape = (/** @type {string} */ word) => word.replaceAll("~1", "/").replaceAll("~0", "~");

class Contract {
  /** @type {ContractDocument} */
  document = { paths: {}, tags: [], components: {} };
  /** @type {Operation[]} */
  operations = [];
  /** @type {Map<string, Operation>} */
  #byId = new Map();

  /** @param {ContractDocument} document */
  load(document) {
    if (!document?.paths || !document.openapi) throw new TypeError("no OpenAPI document");
    this.document = document;
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]?.operationId).map((method) => ({
        path,
        method: method.toUpperCase(),
        ...item[method],
      })),
    );
    this.#byId = new Map(this.operations.map((operation) => [operation.operationId, operation]));
  }

  /** @param {string} id */
  has(id) {
    return this.#byId.has(id);
  }

  /** @param {string} id */
  operation(id) {
    return this.#byId.get(id) ?? null;
  }

  /** @param {string} path
   * @param {string} method */
  at(path, method) {
    return this.operations.find((operation) => operation.path === path && operation.method === method) ?? null;
  }

  /**
   * Follows references; what stands beside a $ref wins over what it leads to. allOf of objects becomes one; anyOf of one
   * schema and null is that schema, which may be empty.
   * @param {Schema | null | undefined} schema
   * @returns {Schema}
   */
  resolve(schema, depth = 0) {
    if (!schema || depth > 20) return schema ?? {};
    if (schema.$ref) {
      const { $ref, ...beside } = schema;
      const target = $ref
        .slice(2)
        .split("/")
        .reduce((at, word) => at?.[unescape(word)], /** @type {any} */ (this.document));
      return { ...this.resolve(target, depth + 1), ...beside };
    }
    if (schema.anyOf) return this.#nullable(schema, depth);
    if (!schema.allOf) return schema;
    const { allOf, ...own } = schema;
    return allOf
      .map((part) => this.resolve(part, depth + 1))
      .reduce(
        (made, part) => ({
          ...part,
          ...made,
          properties: { ...part.properties, ...made.properties },
          required: [...(part.required ?? []), ...(made.required ?? [])],
        }),
        own,
      );
  }

  /** @param {Schema} schema
   * @param {number} depth
   * @returns {Schema} */
  #nullable({ anyOf = [], ...beside }, depth) {
    const parts = anyOf.map((part) => this.resolve(part, depth + 1));
    const real = parts.filter((part) => part.type !== "null");
    if (real.length !== 1 || real.length === parts.length) return { anyOf, ...beside };
    return { ...real[0], ...beside, type: [real[0].type ?? [], "null"].flat() };
  }

  /** @param {Operation | null} operation */
  parameters(operation, place = "query") {
    return (operation?.parameters ?? [])
      .map((parameter) => /** @type {any} */ (this.resolve(/** @type {any} */ (parameter))))
      .filter((parameter) => parameter.in === place)
      .map((parameter) => ({ ...parameter, schema: this.resolve(parameter.schema) }));
  }

  /** Schema of what is sent, or null.
   * @param {Operation | null} operation */
  body(operation) {
    const content = operation?.requestBody?.content ?? {};
    const found = content["application/merge-patch+json"] ?? content["application/json"];
    return found ? this.resolve(found.schema) : null;
  }

  /** Schema of a success, or null.
   * @param {Operation | null} operation */
  answer(operation) {
    const success = Object.entries(operation?.responses ?? {}).find(([status]) => status.startsWith("2"));
    const content = success && this.contents(success[1])["application/json"];
    return content ? this.resolve(content.schema) : null;
  }

  /** The forms in which a response comes, by media type.
   * @param {Outcome | undefined} response
   * @returns {Content} */
  contents(response) {
    return /** @type {Outcome} */ (this.resolve(/** @type {Schema} */ (response))).content ?? {};
  }

  /** Schema of a row when the operation is a list, or null.
   * @param {Operation | null} operation */
  row(operation) {
    const answer = this.answer(operation);
    const data = answer?.properties?.page && this.resolve(answer.properties.data);
    return data?.items ? this.resolve(data.items) : null;
  }

  /** Properties of an object in the order of the contract, each with its name and resolved schema.
   * @param {Schema | null} schema
   * @returns {Field[]} */
  fields(schema) {
    const required = new Set(schema?.required ?? []);
    return Object.entries(schema?.properties ?? {}).map(([name, part]) =>
      field(name, this.resolve(part), required.has(name)),
    );
  }

  /** The fields of what stands at a path of properties; a list is seen through to its items.
   * @param {Schema | null} schema
   * @param {string[]} names */
  inside(schema, ...names) {
    const found = names.reduce((at, name) => {
      const part = this.resolve(at?.properties?.[name]);
      return part.items ? this.resolve(part.items) : part;
    }, schema);
    return this.fields(found);
  }

  /** [{value, title, description}] of an enumeration, of its array, or empty.
   * @param {Schema | null | undefined} schema
   * @returns {Choice[]} */
  choices(schema) {
    const resolved = this.resolve(schema);
    if ([resolved.type].flat().includes("array")) return this.choices(resolved.items);
    const titled = new Map((resolved.oneOf ?? []).map((one) => [/** @type {unknown} */ (one.const), one]));
    return (resolved.enum ?? [])
      .filter((value) => value !== null)
      .map((value) => ({
        value: /** @type {string} */ (value),
        title: titled.get(value)?.title ?? String(value),
        description: titled.get(value)?.description,
      }));
  }

  /** Title of a code; a code that the contract does not know yet is shown as it is.
   * @param {Schema | null | undefined} schema
   * @param {unknown} value */
  label(schema, value) {
    return this.choices(schema).find((choice) => choice.value === value)?.title ?? `${value} (valeur inconnue)`;
  }

  /** Everything that belongs to a collection: its list, creation, single record and what hangs below it.
   * @param {string} path
   * @returns {Collection} */
  collection(path) {
    const item = Object.keys(this.document.paths).find(
      (other) => other.startsWith(`${path}/{`) && other.indexOf("/", path.length + 1) < 0,
    );
    const under = (/** @type {Operation} */ operation) => operation.path.slice((item ?? "").length + 1);
    const below = item
      ? this.operations.filter((operation) => operation.path.startsWith(`${item}/`) && !under(operation).includes("{"))
      : [];
    const list = this.at(path, "GET");
    return {
      path,
      item,
      list: this.row(list) ? list : null,
      create: this.at(path, "POST"),
      read: item ? this.at(item, "GET") : null,
      update: item ? this.at(item, "PATCH") : null,
      remove: item ? this.at(item, "DELETE") : null,
      parts: below.filter((operation) => operation.method === "GET" && this.row(operation)),
      single: below.filter((operation) => operation.method === "GET" && !this.row(operation) && this.answer(operation)),
      actions: below.filter(
        (operation) =>
          operation.method === "POST" && !under(operation).includes("/") && !this.row(this.at(operation.path, "GET")),
      ),
    };
  }

  /** The property of this name, as the first record that has it calls it; null for one that no record has.
   * @param {string} name */
  property(name) {
    for (const schema of Object.values(this.document.components?.schemas ?? {})) {
      const part = schema.properties?.[name];
      if (part) return field(name, this.resolve(part));
    }
    return null;
  }

  /** Schema of the records of a type, as histories name it (TRAINING_SESSION, TRAINING_COURSE), or null.
   * @param {string} type */
  record(type) {
    const words = type.split("_").map((word) => word.charAt(0) + word.slice(1).toLowerCase());
    const schemas = this.document.components?.schemas ?? {};
    const found = schemas[words.join("")] ?? schemas[words.slice(1).join("")];
    return found?.properties ? found : null;
  }

  /** A text for programmers in the words of the screen: properties by their titles, codes by theirs.
   * @param {string} text */
  prose(text) {
    const quoted = (/** @type {string} */ whole, /** @type {string | undefined} */ title) =>
      title ? `«\u00a0${title}\u00a0»` : whole.replaceAll("`", "");
    return text
      .replace(/`null`/g, "vide")
      .replace(/`?\b([a-z]+(?:_[a-z]+)+)\b`?/g, (whole, name) => quoted(whole, this.property(name)?.title))
      .replace(/`?\b([A-Z]{3,}_[A-Z_]+|[A-Z]{6,})\b`?/g, (whole, code) => quoted(whole, this.#titleOf(code)))
      .replaceAll("`", "");
  }

  /** @param {string} code */
  #titleOf(code) {
    const schema = Object.values(this.document.components?.schemas ?? {}).find((one) => one.enum?.includes(code));
    return schema && this.choices(schema).find((choice) => choice.value === code)?.title;
  }

  /** @param {string} name */
  tagTitle(name) {
    const tag = (this.document.tags ?? []).find((one) => one.name === name);
    return tag?.["x-displayName"] ?? name;
  }
}

/** The value for the one parameter in the path of a record of the collection.
 * @param {Collection} collection
 * @param {string} id
 * @returns {Record<string, string>} */
export function pathTo(collection, id) {
  const [, name] = /\{([^}]+)\}$/.exec(collection.item ?? "") ?? [];
  return name ? { [name]: id } : {};
}

/** The field of this name; one that the contract does not have is called by its name.
 * @param {Field[]} fields
 * @param {string} name */
export const named = (fields, name) => fields.find((one) => one.name === name) ?? field(name, {});

/** The fields of these names in this order; those that the contract does not have are left out.
 * @param {Field[]} fields
 * @param {string[]} names */
export const pick = (fields, names) => names.flatMap((name) => fields.find((one) => one.name === name) ?? []);

/** A field with the kind of control and display that it needs.
 * @param {string} name
 * @param {Schema} schema
 * @returns {Field} */
export function field(name, schema, required = false) {
  const types = [schema.type ?? "string"].flat();
  const type = types.find((one) => one !== "null") ?? "string";
  return {
    name,
    schema,
    required,
    type,
    nullable: types.includes("null"),
    title: schema.title ?? name,
    description: schema.description,
    example: schema.examples?.[0],
    unit: schema["x-unit"] ?? schema["x-ui"]?.unit,
    ref: /** @type {Reference} */ (schema["x-ref"]),
    kind: kindOf(name, schema, type),
  };
}

/** @param {string} name
 * @param {string | undefined} unit */
function measureOf(name, unit) {
  if (unit === "cents" || /_cents$/.test(name)) return "money";
  return /^minutes?$/.test(unit ?? "") || /(^|_)minutes$/.test(name) ? "minutes" : "number";
}

/** @param {string} name
 * @param {Schema} schema
 * @param {string} type */
function kindOf(name, schema, type) {
  if (schema["x-ref"]) return type === "array" ? "refs" : "ref";
  if (schema.enum) return "enum";
  if (type === "array") {
    if (schema.items?.["x-ref"]) return "refs";
    return "items";
  }
  if (type === "object") return "object";
  if (type === "boolean") return "boolean";
  if (type === "integer" || type === "number") return measureOf(name, schema["x-unit"] ?? schema["x-ui"]?.unit);
  if (["date", "date-time", "email", "uri", "phone", "uuid", "siret", "siren"].includes(schema.format ?? ""))
    return schema.format ?? "text";
  return (schema.maxLength ?? 0) > 300 ? "long" : "text";
}

export default new Contract();
