"""A YAML document to a node, or to the problems that keep it from being one."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import cast

from pydantic import ValidationError

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds import KINDS, Kind, kind_of
from seeknal_ci.manifest.kinds.audits import audits_of
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.manifest.misshapen import misshapen
from seeknal_ci.manifest.unknown_fields import warn_of_unknown_fields
from seeknal_ci.manifest.yaml_reader import Document
from seeknal_ci.model.node import Input, Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Json


def read_node(path: str, document: Document) -> tuple[Node | None, list[Problem]]:
    """The node that a mapping with a `kind` defines; None where the problems say why not."""
    fields = Fields(path, document)
    word = fields.value["kind"]
    if not isinstance(word, str) or word not in KINDS:
        _unknown_kind(word, fields)
        return None, fields.problems
    kind = kind_of(word)
    try:
        shape = kind.shape.model_validate(fields.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _misshapen(word, cast("dict[str, object]", detail), fields)
        told = {problem.place for problem in fields.problems}
        warn_of_unknown_fields(kind.shape, word, fields, told)
        return None, fields.problems
    warn_of_unknown_fields(kind.shape, word, fields)
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


def misspelt_kind(path: str, document: Document) -> Problem | None:
    """What is wrong with a mapping that has a name and the word of a kind, but not under `kind`."""
    fields = Fields(path, document)
    written = {key.lower(): key for key in fields.value}
    close = get_close_matches("kind", written, n=1, cutoff=0.75) if "name" in written else []
    key = written[close[0]] if close else ""
    word = fields.value.get(key)
    if not isinstance(word, str) or word not in KINDS:
        return None
    return Problem(
        fields.place(key),
        "unknown-kind",
        f"a mapping with `{key}: {word}` and a name is no node: it has no `kind`",
        fix=f"write `kind` in place of `{key}`",
        node=f"{word}.{fields.value[written['name']]}",
    )


def _definition(shape: NodeShape, fields: Fields) -> dict[str, Json]:
    """The YAML as it is, but for a switch, which may be written `off`."""
    if "active" in fields.value:
        return {**fields.value, "active": shape.active}
    return fields.value


def _edges(kind: Kind, shape: NodeShape, fields: Fields) -> tuple[Input, ...]:
    """Every node that the YAML says is read, each once, in the order in which it says so."""
    given = fields.value.get("inputs")
    # The old form, a mapping, names each input, and SQL goes by these names.
    keys = tuple(given) if isinstance(given, dict) else ()
    edges = [
        Input(item.ref, fields.place("inputs", *(keys[i : i + 1] or (i,))), keys[i : i + 1])
        for i, item in enumerate(shape.inputs)
        if item.ref
    ]
    edges += kind.edges(shape, fields)
    first: dict[str, Input] = {}
    for edge in edges:
        known = first.setdefault(edge.ref, edge)
        if known is not edge:
            first[edge.ref] = replace(known, aliases=(*known.aliases, *edge.aliases))
    return tuple(first.values())


def _unknown_kind(kind: Json, fields: Fields) -> None:
    close = get_close_matches(str(kind).lower(), KINDS, n=1)
    fix = f"write `kind: {close[0]}`" if close else f"use one of {', '.join(KINDS)}"
    message = f"`{kind}` is no kind of node"
    if not isinstance(kind, str):
        message = "`kind` is empty" if kind is None else "`kind` is no word"
    fields.problem("unknown-kind", message, fix, fields.place("kind"))


def _as_written(location: tuple[str | int, ...], value: Json) -> tuple[str | int, ...]:
    """The keys in the file: where a list is meant, its only item may stand alone."""
    keys: list[str | int] = []
    for key in location:
        if isinstance(key, int) and not isinstance(value, list):
            continue
        keys.append(key)
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            value = None
    return tuple(keys)


def _misshapen(kind: str, detail: dict[str, object], fields: Fields) -> None:
    location = _as_written(cast("tuple[str | int, ...]", detail["loc"]), fields.value)
    name = ".".join(str(key) for key in location)
    place = fields.place(*location)
    if detail["type"] == "missing" and len(location) == 1:
        written = {key.lower(): key for key in fields.value if key != "kind"}
        close = [written[key] for key in get_close_matches(name, written, n=1)]
        message = f"a node of kind {kind} needs `{name}`"
        fix = f"add `{name}:`"
        if close and close[0] != name:
            fix, place = f"write `{name}` in place of `{close[0]}`", fields.place(close[0])
    elif not location:  # what is asked of the whole node says itself what it is about
        message, fix = misshapen(f"{kind}", detail)
        message = message.removeprefix(f"`{kind}` is wrong: ")
    else:
        loc = cast("tuple[str | int, ...]", detail["loc"])
        message, fix = misshapen(name, detail, alone=len(loc) > len(location))
    fields.problem("invalid-field", message, fix, place)
