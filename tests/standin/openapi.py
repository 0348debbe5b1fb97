"""Requests and answers against Airbyte's own OpenAPI files, where they are present."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012

from tests.standin.call import Answer, Call, Json

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"

VALIDATOR = "openapi_schema_validator"

FILES = {"public": "airbyte_public_api.yaml", "config": "airbyte_config_api.yaml"}

# The public file lacks the path, although it has the schemas of its body and its answer.
TOKEN = ("POST", "/applications/token")
TOKEN_SCHEMAS = ("ApplicationTokenRequestWithGrant", "PublicAccessTokenResponse")

# Cut from the file, which has the schemas of their bodies; the answer is as Airbyte's own file at the same commit has it.
VERSIONS = {kind: f"/v1/actor_definition_versions/get_for_{kind.lower()}" for kind in ("Source", "Destination")}
# Cut from the file too, with the schemas of their bodies: SourceDefinitionIdWithWorkspaceId and its sibling.
SPECIFICATIONS = {kind: f"/v1/{kind}_definition_specifications/get" for kind in ("source", "destination")}
VERSION = {
    "type": "object",
    "required": [
        *("dockerRepository", "dockerImageTag", "supportsRefreshes", "supportState", "isVersionOverrideApplied"),
        *("supportsFileTransfer", "supportsDataActivation"),
    ],
    "properties": {
        **{name: {"type": "string"} for name in ("dockerRepository", "dockerImageTag", "lastPublished", "cdkVersion")},
        **{name: {"type": "boolean"} for name in ("supportsRefreshes", "isVersionOverrideApplied")},
        **{name: {"type": "boolean"} for name in ("supportsFileTransfer", "supportsDataActivation")},
        "supportState": {"$ref": "#/components/schemas/SupportState"},
    },
}

WORDS = {"true": True, "false": False}


class Contract:
    """Checks every exchange and keeps what does not fit. Without the files or the validator it checks nothing.

    Attributes:
        missing: why nothing is checked; None when it is.
        violations: one line for each thing that does not fit.
        checked: how many exchanges were looked at.
    """

    def __init__(self, folder: Path | None = FIXTURES) -> None:
        self.violations: list[str] = []
        self.checked = 0
        self.missing = _missing(folder)
        self._documents = {}
        if folder is not None and self.missing is None:
            self._documents = {api: load(folder / name, api) for api, name in FILES.items()}

    def check(self, call: Call, answer: Answer) -> None:
        """A request is held to the file only if the server took it: what it refuses may be anything."""
        if self.missing:
            return
        status, body = answer
        document = self._documents[call.api]
        self.checked += 1
        where = f"{call.method} {call.path}"
        if (call.method, call.path) == TOKEN and call.api == "public":
            request, response = ({"$ref": f"#/components/schemas/{name}"} for name in TOKEN_SCHEMAS)
            if status < 400:
                self._note(document, request, call.body, f"{where}: request")
                self._note(document, response, body, f"{where}: answer")
            return
        found = document.operation(call)
        if found is None:
            self.violations.append(f"{where}: not in the OpenAPI file")
            return
        operation, parameters = found
        if status < 400:
            self._check_request(document, operation, call, where)
            self._check_parameters(document, parameters, call, where)
        self._check_answer(document, operation, answer, where)

    def _check_request(self, document: Document, operation: Json, call: Call, where: str) -> None:
        schema = _schema(operation.get("requestBody", {}))
        if schema is not None:
            self._note(document, schema, call.body, f"{where}: request")
        elif call.body:
            self.violations.append(f"{where}: request: the operation has no body")

    def _check_parameters(self, document: Document, parameters: list[Json], call: Call, where: str) -> None:
        known = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
        self.violations += [f"{where}: unknown parameter {name}" for name in call.query if name not in known]
        for name, parameter in known.items():
            if name in call.query:
                value = _typed(parameter["schema"], list(call.query[name]))
                self._note(document, parameter["schema"], value, f"{where}: parameter {name}")
            elif parameter.get("required"):
                self.violations.append(f"{where}: parameter {name} is required")

    def _check_answer(self, document: Document, operation: Json, answer: Answer, where: str) -> None:
        status, body = answer
        declared = operation["responses"]
        response = declared.get(str(status)) or declared.get(f"{status // 100}XX")
        if response is None:
            # Errors are not declared in full (no 401, 409 or 5xx anywhere); successes are.
            if status < 400:
                self.violations.append(f"{where}: answer: {status} is not declared")
            return
        schema = _schema(document.follow(response))
        if schema is not None:
            self._note(document, schema, body, f"{where}: answer {status}")

    def _note(self, document: Document, schema: Json, value: Any, where: str) -> None:
        self.violations += [f"{where}: {problem}" for problem in document.problems(schema, value)]


class Document:
    """One OpenAPI file, corrected where it contradicts itself or the server."""

    def __init__(self, content: Json, api: str) -> None:
        library = import_module(VALIDATOR)
        modern = content["openapi"].startswith("3.1")
        self._content = content
        self._validator = library.OAS31Validator if modern else library.OAS30Validator
        self._formats = library.oas31_format_checker if modern else library.oas30_format_checker
        self._uri = f"urn:airbyte:{api}"
        resource = (DRAFT202012 if modern else DRAFT4).create_resource(content)
        registry: Registry[Any] = Registry()
        self._registry = registry.with_resource(self._uri, resource)
        self._paths = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), item) for path, item in content["paths"].items()]
        self._validators: dict[str, Any] = {}

    def operation(self, call: Call) -> tuple[Json, list[Json]] | None:
        """The operation of a call, and its parameters with those of its path; fixed parts win over `{...}`."""
        for pattern, item in sorted(self._paths, key=lambda pair: pair[0].pattern.count("[^/]+")):
            if pattern.fullmatch(call.path) and call.method.lower() in item:
                operation = item[call.method.lower()]
                return operation, [*item.get("parameters", []), *operation.get("parameters", [])]
        return None

    def follow(self, item: Json) -> Json:
        """What a `$ref` inside the file names."""
        while "$ref" in item:
            target: Any = self._content
            for part in item["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            item = target
        return item

    def problems(self, schema: Json, value: Any) -> Iterator[str]:
        """Where the value does not fit, without the value: it may hold a secret."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            rooted = json.loads(key.replace('"#/', f'"{self._uri}#/'))
            self._validators[key] = self._validator(rooted, registry=self._registry, format_checker=self._formats)
        for error in self._validators[key].iter_errors(value):
            yield f"{error.json_path}: breaks {error.validator} {json.dumps(error.validator_value)[:120]}"


@lru_cache(maxsize=4)
def load(path: Path, api: str) -> Document:
    content = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    _correct(content)
    return Document(content, api)


def _missing(folder: Path | None) -> str | None:
    if folder is None:
        return "switched off"
    absent = [name for name in FILES.values() if not (folder / name).is_file()]
    if absent:
        return f"{', '.join(absent)} not in {folder}"
    return None if find_spec(VALIDATOR) else f"{VALIDATOR} is not installed"


def _correct(content: Json) -> None:
    """The places where the files are wrong about the server. Each is Airbyte's own slip."""
    schemas = content["components"]["schemas"]
    if "SourceIdRequestBody" in schemas:
        content["paths"].update({path: _versions(kind) for kind, path in VERSIONS.items()})
        content["paths"].update({path: _specifications(kind) for kind, path in SPECIFICATIONS.items()})
    # Its properties are camelCase and no others are allowed, yet `json_schema` is required.
    if "jsonSchema" in schemas.get("AirbyteStream", {}).get("properties", {}):
        schemas["AirbyteStream"]["required"] = ["name", "jsonSchema"]
    # A hashing configuration also fits field filtering, which asks for `targetField` only: never exactly one of them.
    schemas["MapperConfiguration"]["anyOf"] = schemas["MapperConfiguration"].pop("oneOf")
    for schema in _objects(schemas):
        # `namespaceFormat` is a string whose default is null, and the provider sends the null.
        if schema.get("type") == "string" and "default" in schema and schema["default"] is None:
            schema.pop("type")
            schema["anyOf"] = [{"type": "string"}, {"enum": [None]}]


def _specifications(kind: str) -> Json:
    def content(schema: Json) -> Json:
        return {"content": {"application/json": {"schema": schema}}}

    identifier = f"{kind}DefinitionId"
    request = {
        "type": "object",
        "required": [identifier, "workspaceId"],
        "properties": {name: {"type": "string", "format": "uuid"} for name in (identifier, "workspaceId")},
    }
    answer = {
        "type": "object",
        "required": [identifier, "jobInfo"],
        "properties": {
            identifier: {"type": "string", "format": "uuid"},
            "connectionSpecification": {"type": "object"},
            "supportedDestinationSyncModes": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/DestinationSyncMode"},
            },
            "jobInfo": {"type": "object"},
        },
    }
    return {"post": {"requestBody": content(request), "responses": {"200": content(answer)}}}


def _versions(kind: str) -> Json:
    def content(schema: Json) -> Json:
        return {"content": {"application/json": {"schema": schema}}}

    request = content({"$ref": f"#/components/schemas/{kind}IdRequestBody"})
    return {"post": {"requestBody": request, "responses": {"200": content(VERSION)}}}


def _objects(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for item in list(value.values()):
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _schema(part: Json) -> Json | None:
    schema: Json | None = part.get("content", {}).get("application/json", {}).get("schema")
    return schema


def _typed(schema: Json, texts: list[str]) -> Any:
    """A query parameter's text as the type that its schema names; text where it cannot be."""
    kind = schema.get("type")
    if kind == "array":
        return [part for text in texts for part in text.split(",")]
    text = texts[-1]
    if kind == "integer" and text.lstrip("-").isdigit():
        return int(text)
    return WORDS.get(text, text) if kind == "boolean" else text
