"""The JSON Schemas of nodes, of shared snippets and of any shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pydantic import AliasChoices, BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from seeknal_ci.manifest.kinds import KINDS, kind_of
from seeknal_ci.manifest.kinds.exposure import EXPORT_FORMATS
from seeknal_ci.manifest.kinds.exposure import TYPES as EXPOSURE_TYPES
from seeknal_ci.manifest.kinds.semantic import AGGREGATES
from seeknal_ci.manifest.kinds.shape import Shape
from seeknal_ci.manifest.kinds.source import SPELLINGS, TYPES
from seeknal_ci.manifest.schemas.accepted import ACCEPTED, NULL, TEXT, JsonSchema, any_case, either
from seeknal_ci.manifest.schemas.descriptions import described
from seeknal_ci.manifest.shared import ALSO, TEXTS

# Fields whose values are looked at only once the shape is known. A source of another type, as of
# a database that is not known here, is a warning alone.
LISTED: Mapping[tuple[str, str], JsonSchema] = {
    ("ExposureShape", "format"): either(any_case(EXPORT_FORMATS), NULL),
    ("ExposureShape", "type"): any_case(EXPOSURE_TYPES),
    ("MeasureShape", "agg"): any_case(AGGREGATES),
    ("SourceShape", "source"): either(any_case([*TYPES, *SPELLINGS]), TEXT),
}
# Required fields that another may stand for.
STANDS_FOR: Mapping[str, tuple[str, JsonSchema]] = {
    "SourceShape": ("table", {"required": ["params"]}),
}


class Generated(GenerateJsonSchema):
    """pydantic's schema, widened to what is read, without names made up for fields."""

    def function_before_schema(
        self, schema: core_schema.BeforeValidatorFunctionSchema
    ) -> JsonSchema:
        """What may be written where a function looks at it first."""
        known = self.generate_inner(schema["schema"])
        return ACCEPTED[_name(schema["function"]["function"])](known)

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchema:
        """What may be written where a function has the last word."""
        known = self.generate_inner(schema["schema"])
        # One that asks of a whole shape tells nothing that one field can.
        accepted = ACCEPTED.get(_name(schema["function"]["function"]))
        return known if accepted is None else accepted(known)

    def int_schema(self, schema: core_schema.IntSchema) -> JsonSchema:
        """Whole numbers, in quotes too."""
        return either(super().int_schema(schema), {**TEXT, "pattern": r"^\s*[+-]?\d+\s*$"})

    def bool_schema(self, schema: core_schema.BoolSchema) -> JsonSchema:
        """Switches, in every way that YAML has of writing one."""
        return either(
            super().bool_schema(schema), any_case(["true", "false", "yes", "no", "on", "off"])
        )

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchema:
        """The schema alone: what is left out is told in the descriptions."""
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A title would only repeat the name of a field."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchema:
        """A shape with its fields under all of their names, each described."""
        result = super().model_schema(schema)
        return _with_fields(schema["cls"], result)


def _name(function: Callable[..., Any]) -> str:
    while isinstance(function, partial):
        function = function.func
    return f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"


def _with_fields(shape: type[BaseModel], schema: JsonSchema) -> JsonSchema:
    properties: dict[str, JsonSchema] = {}
    required: list[str] = []
    choices: list[JsonSchema] = []
    for name, field in shape.model_fields.items():
        alias = field.validation_alias
        names = (
            [str(choice) for choice in alias.choices]
            if isinstance(alias, AliasChoices)
            else [str(alias or name)]
        )
        known = LISTED.get((shape.__name__, name), schema["properties"][names[0]])
        if not field.is_required():
            empty = issubclass(shape, Shape) and bool(known)
            known = either(known, NULL) if empty else known
        elif len(names) > 1:
            choices.append({"anyOf": [{"required": [each]} for each in names]})
        elif STANDS_FOR.get(shape.__name__, ("", {}))[0] == name:
            choices.append({"anyOf": [{"required": names}, STANDS_FOR[shape.__name__][1]]})
        else:
            required += names
        for each in names:
            properties[each] = {"description": described(shape.__name__, name), **known}
    return {
        "type": "object",
        "description": (shape.__doc__ or "").strip(),
        "properties": properties,
        **({"required": required} if required else {}),
        **({"allOf": choices} if choices else {}),
        **({"additionalProperties": False} if shape.model_config.get("extra") == "forbid" else {}),
    }


def shape_schema(shape: type[BaseModel]) -> JsonSchema:
    """The schema of one shape."""
    schema: JsonSchema = _plain(Generated().generate(shape.__pydantic_core_schema__))
    return schema


def kind_schemas() -> tuple[dict[str, JsonSchema], JsonSchema]:
    """The schema of each kind of node, and the definitions to which they refer."""
    asked = [(word, "validation", kind_of(word).shape.__pydantic_core_schema__) for word in KINDS]
    found, definitions = Generated().generate_definitions(asked)  # type: ignore[arg-type]  # a mode is text
    definitions = _plain(definitions)
    kinds = {}
    for word in KINDS:
        schema = _plain(found[word, "validation"])
        if "$ref" in schema:
            schema = definitions[schema["$ref"].rpartition("/")[2]]
        named = {**schema["properties"], "kind": {**schema["properties"]["kind"], "const": word}}
        del named["kind"]["type"], named["kind"]["minLength"]
        kinds[word] = {**schema, "properties": named}
    return kinds, definitions


def kind_schema(word: str) -> JsonSchema:
    """The schema of one kind, complete."""
    kinds, definitions = kind_schemas()
    return {**kinds[word], "$defs": _needed(kinds[word], definitions)}


def node_schema() -> JsonSchema:
    """One schema for any file of nodes: `kind` decides, and a file without it is no node."""
    kinds, definitions = kind_schemas()
    return {
        "type": ["object", "null"],
        "description": "A node of the pipeline; a file without `kind` is none.",
        "properties": {"kind": {"description": described("NodeShape", "kind")}},
        "if": {"required": ["kind"], "type": "object"},
        "then": {
            "properties": {"kind": {"enum": sorted(KINDS)}},
            "allOf": [
                {
                    "if": {"properties": {"kind": {"const": word}}},
                    "then": {"$ref": f"#/$defs/{word}"},
                }
                for word in sorted(KINDS)
            ],
        },
        "$defs": {**kinds, **_needed(kinds, definitions)},
    }


def shared_schema(name: str) -> JsonSchema:
    """The schema of one file below `seeknal/common/`."""
    value = {"type": ["string", "number", "boolean"]}
    properties: dict[str, JsonSchema] = {
        "id": {**value, "description": "What templates call it by."},
        TEXTS[name]: {**value, "description": "What templates put in its place."},
    }
    if name == "sources":
        text = "Names of the project's own, such as `idCol: event_id`, for `{{ events.idCol }}`."
        properties["params"] = {
            "type": ["object", "null"],
            "description": text,
            "additionalProperties": value,
        }
    for key in ALSO:
        properties[key] = {"description": described("NodeShape", key)}
    entry = {"type": "object", "properties": properties, "required": ["id", TEXTS[name]]}
    return {
        "type": ["object", "null"],
        "description": f"What nodes share: seeknal/common/{name}.yml.",
        "properties": {name: {"type": ["array", "null"], "items": entry}},
    }


def _needed(schema: Any, definitions: JsonSchema) -> JsonSchema:
    """The definitions to which a schema refers, and those to which these do."""
    found: JsonSchema = {}
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/$defs/")
            if name in definitions and name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return dict(sorted(found.items()))


def _plain(schema: Any) -> Any:
    """Without titles, which only repeat the name of a field."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _plain(item) for name, item in value.items()}
        if key in ("properties", "$defs")
        else _plain(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }
