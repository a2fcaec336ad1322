"""A YAML document to a node, or to the problems that keep it from being one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import cast

from pydantic import ValidationError

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds import KINDS, Kind
from seeknal_ci.manifest.kinds.audits import audits_of
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.manifest.yaml_reader import Document
from seeknal_ci.model.node import Input, Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import Json


def read_node(path: str, document: Document) -> tuple[Node | None, list[Problem]]:
    """The node that a mapping with a `kind` defines; None where the problems say why not."""
    fields = Fields(path, document)
    word = fields.value["kind"]
    kind = KINDS.get(word) if isinstance(word, str) else None
    if kind is None:
        _unknown_kind(word, fields)
        return None, fields.problems
    try:
        shape = kind.shape.model_validate(fields.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _misshapen(str(word), cast("dict[str, object]", detail), fields)
        return None, fields.problems
    if kind.shape is not NodeShape:
        # Kinds without a shape have fields of their own, so none can be called unknown.
        _unknown_fields(kind.shape, str(word), fields)
    spec = kind.spec(shape, fields)
    if fields.failed:
        return None, fields.problems
    node = Node(
        kind=shape.kind,
        name=shape.name,
        place=Place(path, document.line),
        spec=spec,
        inputs=_edges(kind, shape, fields),
        definition=_definition(shape, fields),
        marks=document.marks,
        audits=audits_of(shape, fields),
    )
    return node, fields.problems


def _definition(shape: NodeShape, fields: Fields) -> dict[str, Json]:
    """The YAML as it is, but for a switch, which may be written `off`."""
    if "active" in fields.value:
        return {**fields.value, "active": shape.active}
    return fields.value


def _edges(kind: Kind, shape: NodeShape, fields: Fields) -> tuple[Input, ...]:
    """Every node that the YAML says is read, each once, in the order in which it says so."""
    edges = [Input(item.ref, fields.place("inputs", i)) for i, item in enumerate(shape.inputs)]
    edges += kind.edges(shape, fields)
    first: dict[str, Input] = {}
    for edge in edges:
        first.setdefault(edge.ref, edge)
    return tuple(first.values())


def _unknown_kind(kind: Json, fields: Fields) -> None:
    close = get_close_matches(str(kind), KINDS, n=1)
    fix = f"write `kind: {close[0]}`" if close else f"use one of {', '.join(KINDS)}"
    message = f"`{kind}` is no kind of node" if isinstance(kind, str) else "`kind` is no word"
    fields.problem("unknown-kind", message, fix, fields.place("kind"))


def _misshapen(kind: str, detail: dict[str, object], fields: Fields) -> None:
    location = cast("tuple[str | int, ...]", detail["loc"])
    name = ".".join(str(key) for key in location)
    place = fields.place(*location)
    if detail["type"] == "missing":
        message, fix = f"a node of kind {kind} needs `{name}`", f"add `{name}:`"
    else:
        said = str(detail["msg"]).removeprefix("Value error, ")
        message = f"`{name}` is not as it should be: {said[:1].lower()}{said[1:]}"
        fix = f"correct `{name}`"
    fields.problem("invalid-field", message, fix, place)


def _unknown_fields(shape: type[NodeShape], kind: str, fields: Fields) -> None:
    known = {"kind", "sql", "params", "depends_on"}
    known.update(field.alias or name for name, field in shape.model_fields.items())
    for key in fields.value:
        if key not in known:
            close = get_close_matches(key, sorted(known), n=1)
            fields.problem(
                "unknown-field",
                f"a node of kind {kind} has no field `{key}`; it is not looked at",
                f"did you mean `{close[0]}`?" if close else "remove it, or correct its name",
                fields.place(key),
                Severity.WARNING,
            )
