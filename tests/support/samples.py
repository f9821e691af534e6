"""A request target for every operation of the contract, with captures that exist and the query that it demands."""
import datetime
import uuid

from . import data
from .client import environment


class Samples:
    """`client` must be the national caller; what cannot be found is made, and removed with the rows of the
    tests (take the fixture `scratch` too). Lines of PASS are for structures: their operations are sampled as one."""

    def __init__(self, client, contract):
        self.client = client
        self.structure = client.with_key(environment("MAILLAGE_KEY_STRUCTURE"), "structure")
        self.contract = contract
        self._known = {}

    def _scopes(self):
        return self._remember("scopes", lambda: set(self.client.get("/v1/token").json["scopes"]))

    def caller(self, operation):
        """Who may call it: the national caller, or the structure where the federation has no such right."""
        asked = {scope for choice in operation.definition.get("security", []) for scope in choice.get("key", [])}
        return self.client if asked <= self._scopes() else self.structure

    def _part_of_pass(self, query, part):
        passes = self.structure.get(f"/v1/passes?limit=1&{query}").json["data"]
        return self.structure.get(f"/v1/passes/{passes[0]['id']}").json[part][0]["id"]

    def _of_campaign(self, part):
        """The campaign that is open in the demonstration data, or the structure's own answer or line in it."""
        campaign = self.client.get("/v1/pass-campaigns?code=VAGUE-2026").json["data"][0]["id"]
        if part == "campaigns":
            return campaign
        return self.structure.get(f"/v1/pass-campaigns/{campaign}/{part}?limit=1").json["data"][0]["id"]

    def _first(self, target):
        listed = self.contract.at(target.split("?")[0]).get("GET")
        answer = (self.caller(listed) if listed else self.client).get(target)
        assert answer.status == 200, answer
        rows = answer.json["data"]
        assert rows, f"{target} is empty: no sample"
        return rows[0]["id"]

    def member(self):
        """A member with a history, a membership and a delegation: one of the demonstration data."""
        return self._remember("member", lambda: self._first("/v1/members?limit=1&status=ACTIVE"))

    def _remember(self, name, find):
        if name not in self._known:
            self._known[name] = find()
        return self._known[name]

    def import_id(self):
        def run():
            body = [data.member(), data.member(kind="NOTHING")]
            answer = self.client.post("/v1/members/imports?mode=per_row", body)
            assert answer.status == 207, answer
            return answer.json["id"]

        return self._remember("import", run)

    def _new_contact(self):
        member = self.client.post("/v1/members", data.member())
        assert member.status == 201, member
        target = f"/v1/members/{member.json['id']}/contacts"
        answer = self.client.post(target, {"family_name": "Essai", "given_name": "Camille"})
        assert answer.status == 201, answer
        return answer.json["id"]

    def _group(self):
        rows = self.client.get("/v1/groups?limit=1").json["data"]
        if rows:
            return rows[0]["id"]
        answer = self.client.post("/v1/groups", {"name": data.name("Groupe")})
        assert answer.status == 201, answer
        return answer.json["id"]

    def _calendar(self):
        answer = self.client.post("/v1/calendar-links", {"kind": "MEMBERSHIPS", "label": data.name("Agenda")})
        assert answer.status == 201, answer
        return answer.json

    def capture(self, path, name):
        """A value for {name} in `path` that the national caller can read."""
        if name == "code":
            return "not-found" if "/problems/" in path else "35"
        if name == "secret":
            url = self._remember("calendar", self._calendar)["url"]
            return url.rsplit("/", 1)[1].removesuffix(".ics")
        before = path.split("{" + name + "}")[0].rstrip("/")
        collection = before.rsplit("/", 1)[-1]
        if collection == "members":
            return self.member()
        if collection == "memberships":
            return self._remember("membership", lambda: self._first(f"/v1/members/{self.member()}/memberships?limit=1"))
        if collection == "imports":
            return self.import_id()
        if collection == "contacts":
            return self._remember("contact", self._new_contact)
        if collection == "groups":
            return self._remember("group", self._group)
        if collection == "calendar-links":
            return self._remember("calendar", self._calendar)["id"]
        if collection == "vacation-projects":
            return self._remember("vacation", lambda: self._first("/v1/vacation-projects?limit=1&state=CLOSED"))
        if collection in ("vacation-beneficiaries", "vacation-budget-lines"):
            parts = f"/v1/vacation-projects/{self.capture('/v1/vacation-projects/{id}', 'id')}/{collection.removeprefix('vacation-')}"
            return self._remember(collection, lambda: self._first(parts + "?limit=1"))
        if collection == "enrolments":
            return self._remember(collection, lambda: self._first("/v1/enrolments?state=ATTENDED&limit=1"))
        if collection == "trainees":
            enrolment = self.capture("/v1/enrolments/{id}", "id")
            return self._remember(collection, lambda: self.client.get(f"/v1/enrolments/{enrolment}").json["person_id"])
        if collection in ("training-documents", "training-slots"):
            session = self._remember("closed", lambda: self._first("/v1/training-sessions?state=CLOSED&sort=-starts_on&limit=1"))
            parts = f"/v1/training-sessions/{session}/{collection.removeprefix('training-')}"
            return self._remember(collection, lambda: self._first(parts + "?limit=1"))
        if collection == "api-keys":
            return str(uuid.uuid4())  # never one in use: the operation below it revokes
        if collection.startswith("pass-campaign"):
            return self._remember(collection, lambda: self._of_campaign(collection.rsplit("-", 1)[1]))
        if collection == "pass-suspensions":
            return self._remember(collection, lambda: self._part_of_pass("state=SUSPENDED", "suspensions"))
        if collection == "pass-prolongations":
            return self._remember(collection, lambda: self._part_of_pass("cap_reached=true", "prolongations"))
        if self.contract.at(before).get("GET"):
            return self._remember(before, lambda: self._first(before + "?limit=1"))
        return str(uuid.uuid4())

    def target(self, operation, **captures):
        path = operation.path
        for name in operation.captures:
            path = path.replace("{" + name + "}", captures.get(name) or self.capture(operation.path, name))
        query = [
            f"{parameter['name']}={self.value(parameter)}"
            for parameter in operation.query_parameters()
            if parameter.get("required")
        ]
        return path + ("?" + "&".join(query) if query else "")

    def value(self, parameter):
        """Something that the parameter's schema accepts."""
        schema = self.contract.resolve(parameter["schema"])
        if "example" in parameter:
            return parameter["example"]
        if schema.get("type") == "array":
            schema = self.contract.resolve(schema["items"])
        if schema.get("examples"):
            return schema["examples"][0]
        if "enum" in schema:
            return schema["enum"][0]
        if "default" in schema:
            return schema["default"]
        if schema.get("format") == "date":
            first = datetime.date(2023, 12, 31)
            return first.replace(year=2012) if parameter["name"].startswith("from") else first
        if schema.get("format") == "uuid":
            return str(uuid.uuid4())
        if schema.get("minLength", 1) > 1:
            return "0" * schema["minLength"]
        return {"integer": 1, "boolean": "true", "number": 1}.get(schema.get("type"), "a")
