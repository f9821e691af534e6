// Rules of our own for redocly: French titles everywhere, enumerations with one label per value.

function titled(schema, resolve) {
  let seen = 0;
  while (schema && schema.$ref && !schema.title && seen++ < 10) schema = resolve(schema).node;
  return Boolean(schema && typeof schema.title === 'string' && schema.title.trim());
}

function FrenchTitle() {
  const report = (ctx, what, location) => ctx.report({ message: `${what} has no French title.`, location });
  return {
    NamedSchemas: {
      Schema(schema, ctx) {
        if (!titled(schema, ctx.resolve)) report(ctx, `Schema ${ctx.key}`, ctx.location);
      },
    },
    SchemaProperties: {
      enter(properties, ctx) {
        for (const [name, schema] of Object.entries(properties)) {
          if (!titled(schema, ctx.resolve)) report(ctx, `Property ${name}`, ctx.location.child(name));
        }
      },
    },
    Parameter(parameter, ctx) {
      if (!titled(parameter.schema, ctx.resolve)) report(ctx, `Parameter ${parameter.name}`, ctx.location);
    },
    Tag(tag, ctx) {
      if (!tag['x-displayName']) report(ctx, `Tag ${tag.name}`, ctx.location);
    },
  };
}

function EnumLabels() {
  return {
    Schema(schema, ctx) {
      if (!schema.enum) return;
      const labels = schema.oneOf || [];
      const same = labels.length === schema.enum.length && schema.enum.every((value, i) => labels[i].const === value);
      if (!same) ctx.report({ message: 'enum and oneOf must list the same values in the same order.', location: ctx.location });
      for (const label of labels) {
        if (!label.title) ctx.report({ message: `Value ${label.const} has no French title.`, location: ctx.location });
      }
    },
  };
}

module.exports = function maillage() {
  return { id: 'maillage', rules: { oas3: { 'french-title': FrenchTitle, 'enum-labels': EnumLabels } } };
};
