"""Reading the authored files: strict YAML, and the shorthands that become plain JSON Schema.

Shorthands of a schema: `base` (an entry of components/types.yaml, or an enumeration), `nullable`, `readers`,
`ref` (x-ref), `unit` and `ui` (x-ui). `$ref: Name` is short for `#/components/schemas/Name`.
"""
import re
import sys

import yaml

READERS = {
    'staff': ['NATIONAL', 'DELEGATION', 'STRUCTURE'],
    'offices': ['NATIONAL', 'DELEGATION'],
    'national': ['NATIONAL'],
    'referents': ['NATIONAL', 'STRUCTURE'],
}
LABEL_OF = {'listDelegations': 'name', 'listGroups': 'name', 'listMembers': 'name', 'listPasses': 'number_last4',
            'listVacationConventions': 'name', 'listVacationProjects': 'reference', 'listCourses': 'title',
            'listTrainingSessions': 'title', 'listTrainers': 'family_name', 'listPassCampaigns': 'title'}


class StrictLoader(yaml.SafeLoader):
    """YAML with only true and false as booleans, no dates, and no key twice."""


StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers
            if tag not in ('tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:bool')]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
StrictLoader.add_implicit_resolver('tag:yaml.org,2002:bool', re.compile('^(true|false)$'), ['t', 'f'])


def _mapping(loader, node, deep=False):
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value if key.tag != 'tag:yaml.org,2002:merge']
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, f'"{key}" stands twice', node.start_mark)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=deep)


StrictLoader.add_constructor(
    'tag:yaml.org,2002:map', lambda loader, node: _mapping(loader, node, deep=True))


def load(path):
    try:
        return yaml.load(path.read_text(encoding='utf-8'), Loader=StrictLoader) or {}
    except yaml.YAMLError as error:
        sys.exit(f'bundle: {path}: {error}')


def load_folder(folder, skip=()):
    merged = {}
    for path in sorted(folder.glob('*.yaml')):
        if path.name in skip:
            continue
        for name, part in load(path).items():
            if name in merged:
                sys.exit(f'bundle: {path}: "{name}" is also in another file')
            merged[name] = part
    return merged


def expand_enums(table):
    """`{title, values: {CODE: title | [title, description]}}` -> type, enum and oneOf, in the same order."""
    enums = {}
    for name, entry in table.items():
        choices = []
        for code, label in entry['values'].items():
            title, description = label if isinstance(label, list) else (label, None)
            choice = {'const': str(code), 'title': title}
            if description:
                choice['description'] = description
            choices.append(choice)
        schema = {'title': entry['title']}
        if 'description' in entry:
            schema['description'] = entry['description']
        schema |= {'type': 'string', 'enum': [choice['const'] for choice in choices], 'oneOf': choices}
        if 'ui' in entry:
            schema['x-ui'] = entry['ui']
        enums[name] = schema
    return enums


def reference(name):
    return name if name.startswith('#') else f'#/components/schemas/{name}'


def _nullable(schema):
    schema = dict(schema)
    kind = schema['type']
    schema['type'] = (kind if isinstance(kind, list) else [kind]) + ['null']
    if 'enum' in schema:
        schema['enum'] = schema['enum'] + [None]
        schema['oneOf'] = schema['oneOf'] + [{'const': None, 'title': 'Non renseigné'}]
    return schema


def _start(schema, bases, enums, place):
    """What `base` and `nullable` stand for."""
    base, nullable = schema.get('base'), schema.get('nullable', False)
    if base is None:
        if nullable:
            sys.exit(f'bundle: {place}: nullable needs a base; write the type out')
        return {}
    if base in enums:
        if not nullable:
            return {'$ref': reference(base)}
        return _nullable({key: part for key, part in enums[base].items() if key != 'description'})
    if base not in bases:
        sys.exit(f'bundle: {place}: no base is called "{base}"')
    return _nullable(bases[base]) if nullable else dict(bases[base])


def _ui(schema):
    ui = dict(schema.get('ui', {}))
    if 'unit' in schema:
        ui['unit'] = schema['unit']
    return ui


def expand_schema(schema, bases, enums, place):
    """A schema without shorthands: title and description first, then the type, then the rest."""
    if not isinstance(schema, dict):
        return schema
    short = ('base', 'nullable', 'readers', 'ref', 'unit', 'ui')
    own = {key: part for key, part in schema.items() if key not in short}
    merged = _start(schema, bases, enums, place) | own
    first = {key: merged.pop(key) for key in ('title', 'description') if key in merged}
    result = first | merged

    def inner(part, name):
        return expand_schema(part, bases, enums, f'{place}/{name}')

    if '$ref' in result:
        result['$ref'] = reference(result['$ref'])
    for key in ('properties', '$defs'):
        if key in result:
            result[key] = {name: inner(part, name) for name, part in result[key].items()}
    for key in ('items', 'additionalProperties', 'not'):
        if key in result:
            result[key] = inner(result[key], key)
    for key in ('allOf', 'anyOf'):
        if key in result:
            result[key] = [inner(part, key) for part in result[key]]
    if 'readers' in schema:
        result['x-readers'] = READERS[schema['readers']]
    if 'ref' in schema:
        result['x-ref'] = {'list': schema['ref'], 'label': LABEL_OF[schema['ref']]}
    if _ui(schema):
        result['x-ui'] = _ui(schema)
    return result
