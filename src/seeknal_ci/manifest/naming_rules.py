"""Names that every engine, shell and reader takes: what `validate --naming` asks for.

A column that a source declares is named elsewhere, and one that `*` passes on is named by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import SourceSpec

NAMING = ("name-keyword", "name-length", "name-style")
STYLE = re.compile(r"[a-z][a-z0-9_]*")
# A build's table is named by kind, name and id, and PostgreSQL cuts names at 63 bytes.
NODE_LENGTH, COLUMN_BYTES = 50, 63
# What PostgreSQL 17 and DuckDB reserve: a name like these has to be quoted wherever it stands.
WORDS = """
    all analyse analyze and any array as asc asymmetric both case cast check collate column
    constraint create current_date current_time current_timestamp current_user default deferrable
    desc describe distinct do else end except false fetch for foreign from grant group having in
    initially intersect into lambda lateral leading limit localtime localtimestamp not null offset
    on only or order pivot pivot_longer pivot_wider placing primary qualify references returning
    select session_user show some summarize symmetric table then to trailing true union unique
    unpivot user using variadic when where window with
"""
RESERVED = frozenset(WORDS.split())


def naming_problems(analysis: Analysis) -> Iterator[Problem]:
    """A warning for every name of a node, and of a column that a node itself names, that is not
    in small letters, is too long, or is a word of SQL.
    """
    for node in analysis.manifest.nodes.values():
        yield from _of_name(node, node.name, node.place_of("name"), f"the name of {node.id}")
        if len(node.name) > NODE_LENGTH:
            told = f"the name of {node.id} has {len(node.name)} characters"
            fix = f"shorten it to {NODE_LENGTH}"
            yield _problem(node, node.place_of("name"), "name-length", told, fix)
        if not isinstance(node.spec, SourceSpec):
            yield from _of_columns(analysis, node)


def _of_columns(analysis: Analysis, node: Node) -> Iterator[Problem]:
    known = analysis.of(node.id)
    for column in known.columns or ():
        place = known.places.get(column.name)
        if place is None:
            continue
        what = f"the column `{column.name}` of {node.id}"
        yield from _of_name(node, column.name, place, what)
        size = len(column.name.encode())
        if size > COLUMN_BYTES:
            told = f"{what} has a name of {size} bytes, and PostgreSQL takes {COLUMN_BYTES}"
            yield _problem(node, place, "name-length", told, "shorten it")


def _of_name(node: Node, name: str, place: Place, what: str) -> Iterator[Problem]:
    if not STYLE.fullmatch(name):
        told = f"{what} is not in small letters, digits and `_`"
        yield _problem(node, place, "name-style", told, f"call it `{_plain(name)}`")
    elif name in RESERVED:
        told = f"{what} is a word of SQL, which has to be quoted wherever it stands"
        yield _problem(node, place, "name-keyword", told, f"call it `{name}_` or something else")


def _plain(name: str) -> str:
    """A name that would do: `dailySales` as `daily_sales`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    plain = re.sub(r"[^a-z0-9]+", "_", parted).strip("_")
    return plain if plain[:1].isalpha() else f"n_{plain}".rstrip("_")


def _problem(node: Node, place: Place, code: str, message: str, fix: str) -> Problem:
    return Problem(place, code, message, fix=fix, node=node.id, severity=Severity.WARNING)
