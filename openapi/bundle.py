#!/usr/bin/python3
"""Makes the served contract out of the authored one.

openapi.yaml, conventions.yaml, components/*.yaml, paths/*.yaml -> openapi.json (compact) and openapi.yaml;
problems.yaml -> problems.json. Same input, same bytes. Stops with one line per fault found by contract_rules.py.
"""
import argparse
import json
import pathlib
import sys

import yaml

import contract_rules
from authored import expand_enums, expand_schema, load, load_folder
from operations import Expander


def component_schemas(root):
    """All schemas, enumerations first, with the shorthands of components/types.yaml expanded."""
    bases = load(root / 'components' / 'types.yaml')
    enums = expand_enums(load(root / 'components' / 'enums.yaml'))
    schemas = load_folder(root / 'components', skip=('types.yaml', 'enums.yaml'))
    clash = set(schemas) & set(enums)
    if clash:
        sys.exit(f'bundle: two schemas are called {sorted(clash)}')
    expanded = dict(enums)
    for name, schema in schemas.items():
        expanded[name] = expand_schema(schema, bases, enums, f'components/{name}')
    return expanded, bases, enums


def referenced(value, found):
    """Names of the components that `value` refers to, as (section, name)."""
    if isinstance(value, dict):
        ref = value.get('$ref')
        if isinstance(ref, str) and ref.startswith('#/components/'):
            found.add(tuple(ref.split('/')[2:4]))
        for part in value.values():
            referenced(part, found)
    elif isinstance(value, list):
        for part in value:
            referenced(part, found)
    return found


def drop_unused(document):
    """Components that no operation reaches are left out of the served document."""
    components = document['components']
    needed, queue = set(), list(referenced(document['paths'], set()))
    while queue:
        section, name = queue.pop()
        if (section, name) in needed:
            continue
        needed.add((section, name))
        queue.extend(referenced(components.get(section, {}).get(name), set()))
    for section in ('schemas', 'parameters', 'headers', 'responses'):
        components[section] = {name: part for name, part in components[section].items() if (section, name) in needed}


# Something else than blanks; \\s alone leaves the blanks of Unicode to the flavour of the pattern.
NOT_BLANK = r'[^\s\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]'


def refuse_blanks(schema):
    """Text that may be sent and must not be empty must not be blank either."""
    kinds = schema.get('type', [])
    if 'string' in (kinds if isinstance(kinds, list) else [kinds]) and schema.get('minLength') \
            and not {'pattern', 'format', 'enum'} & set(schema):
        schema['pattern'] = NOT_BLANK
    for part in schema.get('properties', {}).values():
        refuse_blanks(part)
    if 'items' in schema:
        refuse_blanks(schema['items'])


def bundle(root):
    """The whole document and the catalogue of problems."""
    document = load(root / 'openapi.yaml')
    conventions = load(root / 'conventions.yaml')
    catalogue = load(root / 'problems.yaml')
    schemas, bases, enums = component_schemas(root)
    expander = Expander(conventions, catalogue, schemas, bases, enums)
    paths = {}
    for path, item in load_folder(root / 'paths').items():
        paths[path] = {method: expander.operation(path, method, operation) for method, operation in item.items()}
    components = document.pop('components')
    document['security'] = []
    document['paths'] = paths
    document['components'] = {
        'securitySchemes': components['securitySchemes'],
        'schemas': expander.schemas,
        'parameters': expander.shared_parameters(),
        'headers': expander.headers(),
        'responses': expander.error_responses(),
    }
    drop_unused(document)
    for name in contract_rules.Rules(document).request_schemas():
        refuse_blanks(document['components']['schemas'][name])
    return document, {'problems': catalogue['problems'], 'faults': faults_of(catalogue)}


def faults_of(catalogue):
    """A problem of the database that points at a field is also the fault of that field."""
    known = {fault['code'] for fault in catalogue['faults']}
    return catalogue['faults'] + [{'code': problem['code'], 'detail': problem['detail']}
                                  for problem in catalogue['problems']
                                  if problem.get('constraints') and problem['code'] not in known]


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(',', ':')) + '\n'


class PlainDumper(yaml.SafeDumper):
    """No anchors: a reader of the YAML form sees every part where it stands."""

    def ignore_aliases(self, data):
        return True


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8', newline='\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('source', type=pathlib.Path, help='folder of the authored contract')
    parser.add_argument('output', type=pathlib.Path, help='folder for openapi.json, openapi.yaml, problems.json')
    parser.add_argument('--depfile', type=pathlib.Path, help='list of files read, for the build')
    arguments = parser.parse_args()
    document, problems = bundle(arguments.source)
    faults = contract_rules.check(document) + contract_rules.check_problems(problems)
    for fault in faults:
        print(f'bundle: {fault}', file=sys.stderr)
    if faults:
        return 1
    plain = json.loads(compact(document))
    write(arguments.output / 'openapi.json', compact(document))
    write(arguments.output / 'openapi.yaml',
          yaml.dump(plain, Dumper=PlainDumper, allow_unicode=True, sort_keys=False, width=120))
    write(arguments.output / 'problems.json', compact(problems))
    if arguments.depfile:
        read = sorted(str(path) for pattern in ('*.yaml', '*/*.yaml', '*.py') for path in arguments.source.glob(pattern))
        write(arguments.depfile, f"{arguments.output / 'openapi.json'}: {' '.join(read)}\n")
    return 0


if __name__ == '__main__':
    sys.exit(main())
