#!/usr/bin/python3
"""Compares two bundled contracts and names what would break a client written for the older one.

breaking.py RELEASED CURRENT        one line per breaking change; exit status 1 when there is any

Breaking inside one major version: something removed or renamed (route, property that is answered, value that is
accepted, media type, status of success), something newly required, another type, a tighter rule on what may be
sent, another scope. Additions are fine. A change of meaning is for people to see.
"""
import json
import sys

METHODS = ('get', 'post', 'put', 'patch', 'delete')
UPPER = ('maxLength', 'maxItems', 'maximum', 'exclusiveMaximum', 'maxProperties')
LOWER = ('minLength', 'minItems', 'minimum', 'exclusiveMinimum', 'minProperties')
EXACT = ('pattern', 'format', 'multipleOf', 'const')


def types_of(schema):
    kinds = schema.get('type', [])
    kinds = set(kinds) if isinstance(kinds, list) else {kinds}
    return kinds | ({'integer'} if 'number' in kinds else set())


class Comparison:
    def __init__(self, old, new):
        self.old, self.new = old, new
        self.changes = []
        self.done = set()

    def change(self, place, text):
        self.changes.append(f'{place}: {text}')

    @staticmethod
    def resolve(document, part):
        siblings = {}
        while isinstance(part, dict) and '$ref' in part:
            siblings |= {key: value for key, value in part.items() if key != '$ref'}
            found = document
            for step in part['$ref'][2:].split('/'):
                found = found[step]
            part = found
        return part | siblings if siblings else part

    # ---- schemas: `sent` tells what a client may send, else what it reads

    def schema(self, old, new, place, sent):
        key = (json.dumps(old, sort_keys=True), json.dumps(new, sort_keys=True), sent)
        if key in self.done:
            return
        self.done.add(key)
        old, new = self.resolve(self.old, old), self.resolve(self.new, new)
        self.types(old, new, place, sent)
        (self.sent if sent else self.answered)(old, new, place)
        for name, part in old.get('properties', {}).items():
            if name in new.get('properties', {}):
                self.schema(part, new['properties'][name], f'{place}/{name}', sent)
            elif sent and new.get('additionalProperties') is not False:
                continue
            else:
                self.change(place, f'property "{name}" is gone')
        if 'items' in old and 'items' in new:
            self.schema(old['items'], new['items'], f'{place}/items', sent)

    def types(self, old, new, place, sent):
        before, after = types_of(old), types_of(new)
        narrowed = before - after if sent else after - before
        if before and after and narrowed:
            self.change(place, f'type changes ({", ".join(sorted(narrowed))})')

    def sent(self, old, new, place):
        for name in sorted(set(new.get('required', [])) - set(old.get('required', []))):
            self.change(place, f'"{name}" is newly required')
        if 'enum' in new:
            if 'enum' not in old:
                self.change(place, 'values are newly restricted to a list')
            for value in [value for value in old.get('enum', []) if value not in new['enum']]:
                self.change(place, f'value {value} is no longer accepted')
        for keys, worse in ((UPPER, lambda a, b: b < a), (LOWER, lambda a, b: b > a)):
            for key in keys:
                if key in new and (key not in old or worse(old[key], new[key])):
                    self.change(place, f'{key} is tighter')
        for key in EXACT:
            if key in new and old.get(key) != new[key]:
                self.change(place, f'{key} changes')
        if old.get('additionalProperties') is not False and new.get('additionalProperties') is False:
            self.change(place, 'further properties are no longer accepted')
        self.readers(old, new, place)

    def answered(self, old, new, place):
        for name in sorted(set(old.get('required', [])) - set(new.get('required', []))):
            self.change(place, f'"{name}" is no longer always answered')
        if new.get('x-included') and not old.get('x-included'):
            self.change(place, 'is answered on demand only')
        self.readers(old, new, place)

    def readers(self, old, new, place):
        if 'x-readers' in new:
            lost = set(old.get('x-readers', new['x-readers'] + ['everyone'])) - set(new['x-readers'])
            if lost:
                self.change(place, f'hidden from {", ".join(sorted(lost))}')

    # ---- operations

    def parameters(self, old, new, place):
        before = {(part['in'], part['name'].lower()): part
                  for part in (self.resolve(self.old, part) for part in old.get('parameters', []))}
        after = {(part['in'], part['name'].lower()): part
                 for part in (self.resolve(self.new, part) for part in new.get('parameters', []))}
        for key, part in before.items():
            if key not in after:
                if key[0] != 'header':
                    self.change(place, f'parameter "{part["name"]}" is gone')
                continue
            self.schema(part['schema'], after[key]['schema'], f'{place} {part["name"]}', True)
            self.readers(part, after[key], f'{place} {part["name"]}')
            if part['schema'].get('default') != after[key]['schema'].get('default'):
                self.change(place, f'default of "{part["name"]}" changes')
        for key, part in after.items():
            was_required = before.get(key, {}).get('required', False)
            if part.get('required') and not was_required:
                self.change(place, f'parameter "{part["name"]}" is newly required')

    def body(self, old, new, place):
        before, after = old.get('requestBody', {}), new.get('requestBody', {})
        if after.get('required') and not before.get('required'):
            self.change(place, 'a body is newly required')
        self.media(before, after, f'{place} body', True)

    def media(self, old, new, place, sent):
        for name, media in old.get('content', {}).items():
            if name not in new.get('content', {}):
                self.change(place, f'{name} is gone')
            else:
                self.schema(media.get('schema', {}), new['content'][name].get('schema', {}), f'{place} {name}', sent)

    def responses(self, old, new, place):
        for status, response in old['responses'].items():
            if not status.startswith('2'):
                continue
            if status not in new['responses']:
                self.change(place, f'status {status} is gone')
                continue
            before = self.resolve(self.old, response)
            after = self.resolve(self.new, new['responses'][status])
            self.media(before, after, f'{place} {status}', False)
            for header in before.get('headers', {}):
                if header not in after.get('headers', {}):
                    self.change(place, f'header {header} is gone')

    @staticmethod
    def asks_otherwise(old, new):
        """Who could call still can: the same scope, or any key where a scope was asked."""
        return old != new and new != [dict.fromkeys(scheme, []) for scheme in old]

    def operation(self, old, new, place):
        if old['operationId'] != new['operationId']:
            self.change(place, f'operationId {old["operationId"]} is renamed')
        if self.asks_otherwise(old.get('security', self.old.get('security')),
                               new.get('security', self.new.get('security'))):
            self.change(place, 'the scope asked for changes')
        self.parameters(old, new, place)
        self.body(old, new, place)
        self.responses(old, new, place)

    def run(self):
        for path, item in self.old['paths'].items():
            for method in METHODS:
                if method not in item:
                    continue
                place = f'{method.upper()} {path}'
                if method not in self.new['paths'].get(path, {}):
                    self.change(place, 'is gone')
                else:
                    self.operation(item[method], self.new['paths'][path][method], place)
        return self.changes


def main():
    old, new = (json.load(open(path, encoding='utf-8')) for path in sys.argv[1:3])
    changes = Comparison(old, new).run()
    print('\n'.join(changes), end='\n' if changes else '')
    return 1 if changes else 0


if __name__ == '__main__':
    sys.exit(main())
