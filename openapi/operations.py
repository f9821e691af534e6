"""From an authored operation to a full OpenAPI operation: parameters, bodies, answers and errors by its kind.

Keys of an authored operation beyond OpenAPI's own: `access` (public, key for any key, or the scope asked), one of `list`, `read`,
`answer`, `answers` (what it answers), `body` (request schema, or media type -> schema; `body-optional: true` when it may be left
out), `parameters` (by name), `problems` (codes of the catalogue that are its own).
"""
import re
import sys

from authored import READERS, expand_schema, reference

JSON, CSV, NDJSON = 'application/json', 'text/csv', 'application/x-ndjson'
MERGE_PATCH, PROBLEM = 'application/merge-patch+json', 'application/problem+json'
AUTHORED = {'access', 'list', 'read', 'answer', 'answers', 'body', 'body-optional', 'parameters', 'problems'}
COMMON_HEADERS = ['XRequestId', 'ApiRevision']
ROWS = {'type': 'string', 'title': 'Lignes', 'description': 'Une ligne par enregistrement, colonnes dans l’ordre du contrat.'}


def header_refs(conventions, names):
    wire = {'XRequestId': 'X-Request-Id', 'ApiRevision': 'Api-Revision', 'TotalCount': 'Total-Count',
            'RetryAfter': 'Retry-After', 'IdempotencyReplayed': 'Idempotency-Replayed',
            'PreferenceApplied': 'Preference-Applied', 'WWWAuthenticate': 'WWW-Authenticate',
            'AcceptPatch': 'Accept-Patch', 'AcceptPost': 'Accept-Post', 'CacheControl': 'Cache-Control',
            'ContentDisposition': 'Content-Disposition', 'SetCookie': 'Set-Cookie'}
    for name in names:
        if name not in conventions['headers']:
            sys.exit(f'bundle: no header is called {name}')
    return {wire.get(name, name): {'$ref': f'#/components/headers/{name}'} for name in names}


class Expander:
    """Turns operations into plain OpenAPI. Objects that `fields` may cut down lose their `required`: an answer with
    `fields=id` holds nothing else, and one to a caller without the right leaves properties out."""

    def __init__(self, conventions, catalogue, schemas, bases, enums):
        self.conventions, self.schemas, self.bases, self.enums = conventions, schemas, bases, enums
        self.problems = {problem['code']: problem for problem in catalogue['problems']}

    def schema(self, authored, place):
        return expand_schema(authored, self.bases, self.enums, place)

    # ---- parts that every operation may refer to

    def shared_parameters(self):
        """Header parameters, and the query parameters that lists and reads have in common."""
        shared = self.conventions['list'] | {'fields': self.conventions['fields']}
        return self.conventions['parameters'] | {name: self.parameter('', name, spec) for name, spec in shared.items()}

    def headers(self):
        return self.conventions['headers']

    def error_responses(self):
        """Error400 … Error504, in order of status."""
        responses = {}
        for status, error in self.conventions['errors'].items():
            names = error.get('headers', []) + COMMON_HEADERS
            responses[f'Error{status}'] = {
                'description': error['description'],
                'headers': header_refs(self.conventions, names),
                'content': {PROBLEM: {'schema': {'$ref': reference('Problem')}}},
            }
        return responses

    # ---- parameters

    def parameter(self, path, name, spec):
        spec = dict(spec)
        in_path = '{' + name + '}' in path
        result = {'name': name, 'in': 'path' if in_path else 'query'}
        if in_path or spec.pop('required', False):
            result['required'] = True
        if 'description' in spec:
            result['description'] = spec.pop('description')
        if 'readers' in spec:
            result['x-readers'] = READERS[spec.pop('readers')]
        if 'style' in spec:
            result |= {'style': spec.pop('style'), 'explode': spec.pop('explode')}
        if spec.pop('many', False):
            title = spec.pop('title')
            item = self.schema({'title': title} | spec, f'{path} {name}')
            result |= {'style': 'form', 'explode': False}
            result['schema'] = {'title': title, 'type': 'array', 'items': item, 'minItems': 1, 'maxItems': 100,
                                'uniqueItems': True}
        else:
            result['schema'] = self.schema(spec.get('schema', spec), f'{path} {name}')
        return result

    def sort_parameter(self, path, keys, default):
        titles = self.properties_of(path, keys)
        choices = []
        for key in keys:
            choices.append({'const': key, 'title': f'{titles[key]}, croissant'})
            choices.append({'const': f'-{key}', 'title': f'{titles[key]}, décroissant'})
        item = {'title': 'Clé de tri', 'type': 'string', 'enum': [choice['const'] for choice in choices],
                'oneOf': choices}
        return {'name': 'sort', 'in': 'query', 'style': 'form', 'explode': False,
                'description': f'Trois clés au plus, valeurs absentes en dernier. Par défaut : `{default}`.',
                'schema': {'title': 'Tri', 'type': 'array', 'minItems': 1, 'maxItems': 3, 'uniqueItems': True, 'items': item}}

    def include_parameter(self, item):
        """What the answer shows on demand; None when it has nothing of the kind."""
        choices = [{'const': name, 'title': self.title(part)}
                   for name, part in item['properties'].items() if part.get('x-included')]
        if not choices:
            return None
        name = {'title': 'Propriété', 'type': 'string', 'enum': [choice['const'] for choice in choices], 'oneOf': choices}
        return {'name': 'include', 'in': 'query', 'style': 'form', 'explode': False,
                'description': 'Données d’autres fiches à joindre, chacune sous son nom ; un seul niveau. Jointes aussi quand `fields` ne les nomme pas.',
                'schema': {'title': 'Données jointes', 'type': 'array', 'minItems': 1, 'maxItems': len(choices),
                           'uniqueItems': True, 'items': name}}

    def properties_of(self, path, keys):
        properties = self.item['properties']
        missing = [key for key in keys if key not in properties]
        if missing:
            sys.exit(f'bundle: {path}: sort keys without a property: {missing}')
        return {key: self.title(properties[key]) for key in keys}

    def title(self, schema):
        if 'title' in schema:
            return schema['title']
        return self.schemas[schema['$ref'].rsplit('/', 1)[1]]['title']

    def parameters(self, path, method, authored):
        result = [self.parameter(path, name, spec) for name, spec in authored.get('parameters', {}).items()]
        for name in re.findall(r'{(\w+)}', path):
            if not any(parameter['name'] == name for parameter in result):
                spec = {'base': 'uuid', 'title': 'Identifiant'}
                result.insert(0, self.parameter(path, name, spec))
        if 'list' in authored:
            listed = authored['list']
            result.append(self.sort_parameter(path, listed['sort'], listed['default']))
        if 'list' in authored or 'read' in authored:
            include = self.include_parameter(self.item)
            result += [include] if include else []
        shared = list(self.conventions['list']) if 'list' in authored else []
        if 'list' in authored or 'read' in authored:
            shared.append('fields')
        shared += self.request_headers(method, authored)
        return result + [{'$ref': f'#/components/parameters/{name}'} for name in shared]

    @staticmethod
    def request_headers(method, authored):
        names = []
        if authored.get('x-if-match') or method in ('patch', 'put', 'delete') and not authored.get('x-special'):
            names += ['IfMatch', 'PreferReturn']
        elif method == 'post' and not authored.get('x-compute'):
            names += ['IdempotencyKey', 'PreferReturn']
        if method == 'get':
            names.append('IfNoneMatch')
        if 'list' in authored:
            names.append('PreferCount')
        return names + ['AcceptLanguage', 'XRequestId']

    # ---- bodies and answers

    def request_body(self, method, body, optional):
        if isinstance(body, str):
            media = [MERGE_PATCH, JSON] if method == 'patch' else [JSON]
            body = dict.fromkeys(media, body)
        content = {name: {'schema': self.media_schema(schema)} for name, schema in body.items()}
        return {'required': not optional, 'content': content}

    def media_schema(self, schema):
        if isinstance(schema, str):
            return {'$ref': reference(schema)}
        return self.schema(schema, 'media')

    def response(self, description, content, headers):
        return {'description': description,
                'headers': header_refs(self.conventions, headers + COMMON_HEADERS),
                'content': {name: {'schema': self.media_schema(schema)} for name, schema in content.items()}}

    def list_schema(self, name):
        title = self.schemas[name]['title']
        self.schemas[f'{name}List'] = {
            'title': f'Liste : {title}', 'type': 'object', 'required': ['data', 'page'],
            'properties': {'data': {'title': 'Lignes', 'type': 'array', 'items': {'$ref': reference(name)}},
                           'page': {'$ref': reference('Page')}, 'masked': {'$ref': reference('Masked')}}}
        return f'{name}List'

    def success(self, method, authored):
        cached = ['ETag', 'CacheControl', 'Vary']
        if 'list' in authored:
            content = {JSON: self.list_schema(authored['list']['of']), CSV: ROWS, NDJSON: ROWS}
            headers = cached + ['Link', 'TotalCount', 'PreferenceApplied', 'ContentDisposition']
            return {'200': self.response('Une page, ou l’export entier.', content, headers)}
        if 'read' in authored:
            return {'200': self.response('La fiche demandée.', {JSON: authored['read']}, cached)}
        if 'answers' in authored:
            return {str(status): self.response(answer['description'], answer.get('content', {}), answer.get('headers', []))
                    for status, answer in authored['answers'].items()}
        if authored.get('x-compute'):
            return {'200': self.response('Résultat.', {JSON: authored['answer']}, ['CacheControl'])}
        if method == 'post' and 'x-location' in authored:
            headers = ['ETag', 'Location', 'IdempotencyReplayed', 'PreferenceApplied']
            return {'201': self.response('Fiche créée.', {JSON: authored['answer']}, headers)}
        headers = ['ETag', 'PreferenceApplied'] + (['IdempotencyReplayed'] if method == 'post' else [])
        done = {'200': self.response('Fiche après la modification.', {JSON: authored['answer']}, headers)}
        minimal = self.response('Fait, sans corps (`Prefer: return=minimal`).', {}, headers)
        minimal.pop('content')
        return done | {'204': minimal}

    # ---- errors

    @staticmethod
    def common_errors(path, method, authored, parameters):
        statuses = {400, 405, 406, 414, 431, 500, 503}
        if not authored.get('x-special'):
            statuses |= {401, 403, 504}
        if authored['access'] != 'public':
            statuses |= {401, 403}
        if '{' in path:
            statuses.add(404)
        if 'list' in authored:
            statuses.add(410)
        if 'body' in authored:
            statuses |= {413, 415, 422}
        if any(parameter.get('$ref', '').endswith('/IfMatch') for parameter in parameters):
            statuses |= {409, 412, 428}
        if any(parameter.get('$ref', '').endswith('/IdempotencyKey') for parameter in parameters):
            statuses |= {409, 422}
        return statuses

    def own_problems(self, path, authored):
        for code in authored.get('problems', []):
            if code not in self.problems:
                sys.exit(f'bundle: {path}: no problem is called "{code}"')
            yield self.problems[code]

    def description(self, path, authored):
        lines = [f"- `{problem['code']}` ({problem['status']}) : {problem['title']['fr']}."
                 for problem in self.own_problems(path, authored)]
        text = authored.get('description', '').rstrip()
        return text + ('\n\nRefus propres à cette opération :\n' + '\n'.join(lines) if lines else '')

    def operation(self, path, method, authored):
        if 'list' in authored:
            self.item = self.schemas[authored['list']['of']]
            self.item.pop('required', None)
        elif 'read' in authored:
            self.item = self.schemas[authored['read']]
            self.item.pop('required', None)
        parameters = self.parameters(path, method, authored)
        statuses = self.common_errors(path, method, authored, parameters)
        statuses |= {problem['status'] for problem in self.own_problems(path, authored)}
        result = {key: part for key, part in authored.items() if key not in AUTHORED}
        result['description'] = self.description(path, authored)
        if 'list' in authored:
            result['x-default-sort'] = authored['list']['default']
        result['security'] = {'public': [], 'key': [{'key': []}]}.get(authored['access'], [{'key': [authored['access']]}])
        result['parameters'] = parameters
        if 'body' in authored:
            result['requestBody'] = self.request_body(method, authored['body'], authored.get('body-optional', False))
        responses = self.success(method, authored)
        if method == 'get':
            responses['304'] = {'description': 'Rien n’a changé depuis l’ETag envoyé.',
                                'headers': header_refs(self.conventions, ['ETag', 'CacheControl', 'Vary'] + COMMON_HEADERS)}
        for status in sorted(statuses):
            responses[str(status)] = {'$ref': f'#/components/responses/Error{status}'}
        result['responses'] = responses
        return result
