"""Keys that no shape has, at any depth: most are another key, misspelt."""

from __future__ import annotations

from collections.abc import Container, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import InputShape, Shape
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Severity
from seeknal_ci.model.spec import Json

Path = tuple[str, ...]


class Below(NamedTuple):
    """The shape of what is below a key. `named` where that is a mapping from names to it."""

    shape: type[Shape]
    named: bool


def warn_of_unknown_fields(
    shape: type[Shape], kind: str, fields: Fields, told: Container[Place] = ()
) -> None:
    """Leave a warning, with the nearest key, for every key that is not looked at.

    Those at places in `told`, and what is below them, are left out.
    """
    for path, known in _unknown(shape, fields.value, ()):
        if any(fields.place(*path[:depth]) in told for depth in range(1, len(path) + 1)):
            continue
        close = get_close_matches(path[-1].lower(), sorted(known), n=1)
        fields.problem(
            "unknown-field",
            f"a node of kind {kind} has no field `{'.'.join(path)}`; it is not looked at",
            f"did you mean `{close[0]}`?" if close else "remove it, or correct its name",
            fields.place(*path),
            Severity.WARNING,
        )


def _unknown(shape: type[Shape], value: Json, path: Path) -> Iterator[tuple[Path, frozenset[str]]]:
    """Each key that is not known, by its path, with those that are."""
    if not isinstance(value, dict):
        return
    known = _keys(shape)
    for key, item in value.items():
        below = known.get(key)
        if key not in known:
            yield (*path, key), frozenset(known)
        elif below is not None:
            for where, part in _parts(below, item):
                if isinstance(part, dict) and part.keys() <= _plain_keys(below.shape):
                    continue  # as every column of a schema, of which there are many
                yield from _unknown(below.shape, part, (*path, key, *where))


def _parts(below: Below, value: Json) -> Iterator[tuple[Path, Json]]:
    """The mappings below a field that have the keys of its shape."""
    if isinstance(value, list):
        yield from (((str(index),), item) for index, item in enumerate(value))
    elif isinstance(value, dict) and below.named:
        yield from (((name,), item) for name, item in value.items())
    elif below.shape is not InputShape:  # whose mapping has names of the project's own
        yield (), value


@cache
def _keys(shape: type[Shape]) -> dict[str, Below | None]:
    """Every key that a shape takes, with what is below it, if that is a shape too."""
    return {
        key: _below(field.annotation)
        for name, field in shape.model_fields.items()
        for key in _names(name, field)
    }


@cache
def _plain_keys(shape: type[Shape]) -> frozenset[str]:
    """The keys that a shape takes and below which there is no other shape."""
    return frozenset(key for key, below in _keys(shape).items() if below is None)


def _names(name: str, field: FieldInfo) -> Iterator[str]:
    choices = field.validation_alias
    if isinstance(choices, AliasChoices):
        yield from (choice for choice in choices.choices if isinstance(choice, str))
    else:
        yield choices if isinstance(choices, str) else name


def _below(annotation: Any, *, named: bool = False) -> Below | None:
    """The shape in `list[Shape]`, `dict[str, Shape]`, `Shape | None` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return Below(annotation, named)
    origin = get_origin(annotation)
    for part in get_args(annotation)[: 1 if origin is Annotated else None]:
        found = _below(part, named=named or origin is dict)
        if found is not None:
            return found
    return None
