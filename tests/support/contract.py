"""The served contract as the tests need it: operations, resolved schemas, the template that a request belongs to."""
import json
import re
from dataclasses import dataclass, field

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass
class Operation:
    id: str
    method: str  # upper case
    path: str  # template
    definition: dict
    parameters: list = field(default_factory=list)

    @property
    def captures(self):
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def public(self):
        return self.definition.get("security") == [] or {} in self.definition.get("security", [])

    @property
    def scope(self):
        for requirement in self.definition.get("security", []):
            for scopes in requirement.values():
                if scopes:
                    return scopes[0]
        return None

    @property
    def request_types(self):
        return list(self.definition.get("requestBody", {}).get("content", {}))

    @property
    def success(self):
        return sorted(int(status) for status in self.definition["responses"] if status.startswith("2"))[0]

    @property
    def answer_types(self):
        return list(self.definition["responses"][str(self.success)].get("content", {}))

    @property
    def needs_if_match(self):
        return self.method in ("PATCH", "PUT", "DELETE") or self.definition.get("x-if-match") is True

    @property
    def is_compute(self):
        return self.definition.get("x-compute") is True

    @property
    def needs_idempotency_key(self):
        return self.method == "POST" and not self.is_compute and not self.needs_if_match

    def query_parameters(self):
        return [parameter for parameter in self.parameters if parameter["in"] == "query"]


class Contract:
    def __init__(self, document):
        self.document = document
        self.operations = []
        for path, item in document["paths"].items():
            shared = item.get("parameters", [])
            for method in METHODS:
                if method in item:
                    definition = dict(item[method])
                    definition.setdefault("security", document.get("security", []))
                    definition["responses"] = {
                        status: self.resolve(answer) for status, answer in definition["responses"].items()
                    }
                    if "requestBody" in definition:
                        definition["requestBody"] = self.resolve(definition["requestBody"])
                    parameters = [self.resolve(parameter) for parameter in shared + definition.get("parameters", [])]
                    self.operations.append(
                        Operation(definition["operationId"], method.upper(), path, definition, parameters)
                    )
        # Literal segments win over captures, as in the daemon.
        self._templates = sorted(
            {operation.path for operation in self.operations},
            key=lambda path: [part.startswith("{") for part in path.split("/")],
        )

    @classmethod
    def load(cls, client):
        answer = client.get("/v1/openapi.json")
        assert answer.status == 200, answer
        return cls(json.loads(answer.body))

    def resolve(self, part):
        while isinstance(part, dict) and "$ref" in part:
            target = self.document
            for name in part["$ref"].lstrip("#/").split("/"):
                target = target[name.replace("~1", "/").replace("~0", "~")]
            part = target
        return part

    def paths(self):
        return list(self._templates)

    def at(self, path):
        """{METHOD: operation} of one template."""
        return {operation.method: operation for operation in self.operations if operation.path == path}

    def find(self, operation_id):
        for operation in self.operations:
            if operation.id == operation_id:
                return operation
        raise KeyError(f"the contract has no operation {operation_id}")

    def has(self, operation_id):
        return any(operation.id == operation_id for operation in self.operations)

    def allow(self, path):
        """The set that Allow must name: the declared methods, OPTIONS, and HEAD where there is GET."""
        methods = set(self.at(path)) | {"OPTIONS"}
        return methods | {"HEAD"} if "GET" in methods else methods

    def template_of(self, target):
        path = target.split("?", 1)[0]
        for template in self._templates:
            pattern = "".join(
                f"(?:{'[^/]+'})" if part.startswith("{") else re.escape(part)
                for part in re.split(r"(\{\w+\})", template)
            )
            if re.fullmatch(pattern, path):
                return template
        return None

    def operation_of(self, method, target):
        template = self.template_of(target)
        if template is None:
            return None
        return self.at(template).get("GET" if method == "HEAD" else method)

    def body_schema(self, operation, media_type="application/json"):
        content = operation.definition["requestBody"]["content"]
        return self.resolve(content[media_type]["schema"])

    def item_schema(self, operation):
        """Schema of an item of a list's page."""
        content = operation.definition["responses"]["200"]["content"]["application/json"]
        page = self.resolve(content["schema"])
        return self.resolve(self.resolve(page["properties"]["data"])["items"])

    def is_list(self, operation):
        if operation.method != "GET" or "application/json" not in operation.answer_types:
            return False
        schema = self.resolve(operation.definition["responses"]["200"]["content"]["application/json"]["schema"])
        properties = schema.get("properties", {})
        return "data" in properties and "page" in properties

    def lists(self):
        return [operation for operation in self.operations if self.is_list(operation)]
