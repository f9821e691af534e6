"""What the bundled contract must fulfil before it is written: each fault is one line."""

SCHEMA_KEYWORDS = {
    'type', 'enum', 'const', 'oneOf', 'anyOf', 'allOf', 'not', '$ref', '$defs', 'properties', 'required',
    'additionalProperties', 'items', 'minItems', 'maxItems', 'uniqueItems', 'minLength', 'maxLength', 'pattern',
    'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minProperties', 'maxProperties',
    'dependentRequired', 'format', 'default', 'title', 'description', 'examples', 'readOnly', 'writeOnly', 'deprecated',
    'x-readers', 'x-included', 'x-once', 'x-self', 'x-ref', 'x-ui', 'x-displayName', 'x-transitions',
}
FORMATS = {'date', 'date-time', 'uuid', 'email', 'uri', 'phone', 'siren', 'siret', 'rna', 'vat', 'nda', 'idcc', 'naf',
           'legal-category', 'commune'}
OPERATION_EXTENSIONS = {'x-compute', 'x-if-match', 'x-location', 'x-reader', 'x-varies-by-day', 'x-max-age', 'x-body-max',
                        'x-default-sort', 'x-special', 'x-no-store', 'x-traced', 'x-import',
                         'x-varies-by-others', 'x-always-read', 'x-states', 'x-reverse'}
CALLERS = ['ANONYMOUS', 'PARTNER', 'STRUCTURE', 'DELEGATION', 'NATIONAL']
METHODS = ('get', 'post', 'put', 'patch', 'delete')


class Rules:
    def __init__(self, document):
        self.document = document
        self.schemas = document['components']['schemas']
        self.faults = []
        self.seen_ids = set()

    def fault(self, place, text):
        self.faults.append(f'{place}: {text}')

    def has_title(self, schema):
        if 'title' in schema:
            return bool(str(schema['title']).strip())
        ref = schema.get('$ref', '')
        target = self.schemas.get(ref.rsplit('/', 1)[-1])
        return target is not None and self.has_title(target)

    def schema(self, schema, place, needs_title=True, writable=False):
        if not isinstance(schema, dict):
            return
        for key in schema.keys() - SCHEMA_KEYWORDS:
            self.fault(place, f'keyword "{key}" is outside the subset')
        if needs_title and not self.has_title(schema):
            self.fault(place, 'no French title')
        if '$ref' in schema and schema['$ref'].rsplit('/', 1)[-1] not in self.schemas:
            self.fault(place, f'{schema["$ref"]} leads nowhere')
        if schema.get('format') is not None and schema['format'] not in FORMATS:
            self.fault(place, f'format "{schema["format"]}" is not one of ours')
        for reader in schema.get('x-readers', []):
            if reader not in CALLERS:
                self.fault(place, f'no caller is called {reader}')
        self.enumeration(schema, place)
        if writable:
            self.bounds(schema, place)
        for name in schema.get('required', []):
            if name not in schema.get('properties', {}):
                self.fault(place, f'"{name}" is required but not described')
            elif not writable and 'x-readers' in schema['properties'][name]:
                self.fault(place, f'"{name}" is hidden from some callers, so it cannot be required')
            elif 'x-included' in schema['properties'][name]:
                self.fault(place, f'"{name}" is shown on demand, so it cannot be required')
        for name, part in schema.get('properties', {}).items():
            self.schema(part, f'{place}/{name}', True, writable)
        if 'items' in schema:
            self.schema(schema['items'], f'{place}/items', True, writable)

    def enumeration(self, schema, place):
        if 'enum' not in schema:
            return
        choices = schema.get('oneOf', [])
        if [choice.get('const') for choice in choices] != schema['enum']:
            self.fault(place, 'enum and oneOf do not list the same values in the same order')
        for choice in choices:
            if not str(choice.get('title', '')).strip():
                self.fault(place, f'value {choice.get("const")} has no French title')

    def bounds(self, schema, place):
        """What may be sent is bounded: text in length, lists in number, objects in their properties."""
        kinds = schema.get('type', [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        fixed = 'enum' in schema or schema.get('format') in ('date', 'date-time', 'uuid')
        if 'string' in kinds and not fixed and 'maxLength' not in schema:
            self.fault(place, 'text that may be sent needs maxLength')
        if 'array' in kinds and 'maxItems' not in schema:
            self.fault(place, 'a list that may be sent needs maxItems')
        if 'object' in kinds and schema.get('additionalProperties') is not False:
            self.fault(place, 'an object that may be sent needs additionalProperties: false')

    def reach(self, schema, names):
        """Names of the components that a request body is made of."""
        if isinstance(schema, dict):
            name = schema.get('$ref', '').rsplit('/', 1)[-1]
            if name in self.schemas and name not in names:
                names.add(name)
                self.reach(self.schemas[name], names)
            for part in schema.values():
                self.reach(part, names)
        elif isinstance(schema, list):
            for part in schema:
                self.reach(part, names)

    def parameter(self, parameter, place):
        if '$ref' in parameter:
            if parameter['$ref'].rsplit('/', 1)[-1] not in self.document['components']['parameters']:
                self.fault(place, f'{parameter["$ref"]} leads nowhere')
            return
        self.schema(parameter['schema'], f'{place} {parameter["name"]}', True, parameter['in'] != 'header')

    def target(self, schema):
        """The schema behind a reference; properties beside it do not matter here."""
        return self.target(self.schemas[schema['$ref'].rsplit('/', 1)[-1]]) if '$ref' in schema else schema

    def states(self, path, operation, place):
        """x-states of an operation below a record names properties of that record, and values of them."""
        reader = self.document['paths'].get(path.rsplit('/', 1)[0], {}).get('get', {})
        content = reader.get('responses', {}).get('200', {}).get('content', {}).get('application/json', {})
        properties = self.target(content.get('schema', {})).get('properties', {})
        for name, values in operation.get('x-states', {}).items():
            known = self.target(properties.get(name, {})).get('enum', [])
            for value in [value for value in values if value not in known]:
                self.fault(place, f'x-states: {name} is never {value}')

    def operation(self, path, method, operation):
        place = operation.get('operationId', f'{method} {path}')
        for key in ('operationId', 'summary', 'description', 'tags'):
            if not operation.get(key):
                self.fault(place, f'{key} is missing')
        if place in self.seen_ids:
            self.fault(place, 'two operations have this operationId')
        self.seen_ids.add(place)
        for key in operation:
            if key.startswith('x-') and key not in OPERATION_EXTENSIONS:
                self.fault(place, f'extension "{key}" is not one of ours')
        self.states(path, operation, place)
        self.reverse(path, operation, place)
        tags = {tag['name'] for tag in self.document['tags']}
        for tag in set(operation.get('tags', [])) - tags:
            self.fault(place, f'tag "{tag}" is not declared')
        names = [parameter.get('name') for parameter in operation['parameters'] if 'name' in parameter]
        for name in {name for name in names if names.count(name) > 1}:
            self.fault(place, f'parameter {name} stands twice')
        for parameter in operation['parameters']:
            self.parameter(parameter, place)
        self.reader(operation, place)
        self.traced(operation, place)
        self.columns_of_import(operation, place)

    def columns_of_import(self, operation, place):
        """Columns of other programs mean properties of the rows, each column one of them."""
        mark = operation.get('x-import')
        if mark is None:
            return
        rows = operation['requestBody']['content']['application/json']['schema']
        items = self.schemas[rows['$ref'].rsplit('/', 1)[-1]]['items']
        properties = self.schemas[items['$ref'].rsplit('/', 1)[-1]]['properties']
        for name in {*mark['columns'], *mark['needs']} - properties.keys():
            self.fault(place, f'x-import names "{name}", which the rows lack')
        names = [name for column in mark['columns'].values() for name in column['from']] + mark['personal']
        for name in {name for name in names if names.count(name) > 1}:
            self.fault(place, f'x-import has column "{name}" twice')
        for name, column in mark['columns'].items():
            if column.get('read', 'code') not in ('code', 'date', 'year'):
                self.fault(place, f'x-import reads "{name}" in no known way')

    def reader(self, operation, place):
        conditional = any(part.get('$ref', '').endswith('/IfMatch') for part in operation['parameters'])
        if conditional and 'x-reader' not in operation:
            self.fault(place, 'If-Match needs x-reader, to tell an unknown id from an old version')
        known = {part['operationId'] for item in self.document['paths'].values() for part in item.values()}
        if operation.get('x-reader', next(iter(known))) not in known:
            self.fault(place, f'x-reader {operation["x-reader"]} is no operation')

    def reverse(self, path, operation, place):
        """x-reverse names another action on the same record."""
        beside = [item.get('post', {}).get('operationId') for other, item in self.document['paths'].items()
                  if other.rsplit('/', 1)[0] == path.rsplit('/', 1)[0] and other != path]
        if 'x-reverse' in operation and operation['x-reverse'] not in beside:
            self.fault(place, f'x-reverse {operation["x-reverse"]} is no action on the same record')

    def traced(self, operation, place):
        kind = operation.get('x-traced')
        if kind is not None and kind not in self.schemas.get('RecordType', {}).get('enum', []):
            self.fault(place, f'x-traced names {kind}, which is no RecordType')

    def request_schemas(self):
        """Names of the components that bodies are made of."""
        names = set()
        for item in self.document['paths'].values():
            for operation in item.values():
                self.reach(operation.get('requestBody', {}), names)
        return names

    def run(self):
        for path, item in self.document['paths'].items():
            for method, operation in item.items():
                if method not in METHODS:
                    self.fault(path, f'{method} is no method')
                    continue
                self.operation(path, method, operation)
        for name, parameter in self.document['components']['parameters'].items():
            self.parameter(parameter, f'parameter {name}')
        requests = self.request_schemas()
        for name, schema in self.schemas.items():
            self.schema(schema, name, True, name in requests)
        return self.faults


def check(document):
    return Rules(document).run()


def check_problems(problems):
    """Each problem and fault has its texts in both languages, and no code or constraint stands twice."""
    faults, codes, constraints, fault_codes = [], [], [], []
    for problem in problems['problems']:
        place = f'problems.yaml {problem.get("code")}'
        codes.append(problem.get('code'))
        constraints += problem.get('constraints', [])
        if not 400 <= problem.get('status', 0) <= 599:
            faults.append(f'{place}: status is not an error')
        for key, languages in (('title', ('fr', 'en')), ('detail', ('fr', 'en')), ('cause', ('fr',)), ('cure', ('fr',))):
            for language in languages:
                if not problem.get(key, {}).get(language):
                    faults.append(f'{place}: {key}.{language} is missing')
    for fault in problems['faults']:
        fault_codes.append(fault.get('code'))
        if not all(fault.get('detail', {}).get(language) for language in ('fr', 'en')):
            faults.append(f'problems.yaml fault {fault.get("code")}: detail is missing')
    for kind, names in (('code', codes), ('fault', fault_codes), ('constraint', constraints)):
        for name in sorted({name for name in names if names.count(name) > 1}):
            faults.append(f'problems.yaml: {kind} {name} stands twice')
    return faults
