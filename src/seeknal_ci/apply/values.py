"""The values of one run, put where a node's own fields ask for them, and kept out of messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import ExposureSpec, Json, Located, SourceSpec
from seeknal_ci.model.template import SYMBOL, Symbol, as_value, symbols_in
from seeknal_ci.model.values import Values


def in_run(node: Node, values: Values) -> Node:
    """The node as it is in this run: where its data is, and where it is written.

    SQL keeps its symbols, which become literals where it is run. Raises SeeknalCiError for a
    variable that is not set.
    """
    spec = node.spec
    if not node.symbols:
        return node
    if isinstance(spec, SourceSpec):
        params = {key: _filled(value, values) for key, value in spec.params.items()}
        return replace(node, spec=replace(spec, table=values.filled(spec.table), params=params))
    if isinstance(spec, ExposureSpec) and spec.path is not None:
        path = Located(values.filled(spec.path.name), spec.path.place)
        return replace(node, spec=replace(spec, path=path))
    return node


def missing_values(nodes: Iterable[Node], values: Values) -> tuple[Problem, ...]:
    """A problem for every variable that these nodes need, and that is not set."""
    return tuple(
        Problem(
            located.place,
            "missing-variable",
            f"{node.id} needs the environment variable {symbol.name}, which is not set",
            fix=f"set {symbol.name}, or give a default: {{{{ env:{symbol.name}|… }}}}",
            node=node.id,
        )
        for node in nodes
        for located in node.symbols
        for symbol in symbols_in(located.name)
        if values.missing(symbol)
    )


def lacks_values(node: Node, values: Values) -> bool:
    """True for a node that cannot be run, as a variable is not set."""
    return any(values.missing(symbol) for symbol in _symbols(node))


@contextmanager
def secrets_hidden(node: Node, values: Values) -> Iterator[None]:
    """Let no error out of the block that tells what the environment holds."""
    try:
        yield
    except SeeknalCiError as error:
        symbols = _symbols(node)
        error.what = values.hidden(error.what, symbols)
        error.fix = values.hidden(error.fix, symbols)
        error.where = error.where and values.hidden(error.where, symbols)
        error.args = (error.what,)
        raise


def _symbols(node: Node) -> tuple[Symbol, ...]:
    return tuple(symbol for located in node.symbols for symbol in symbols_in(located.name))


def _filled(value: Json, values: Values) -> Json:
    if isinstance(value, dict):
        return {key: _filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if not isinstance(value, str):
        return value
    filled = values.filled(value)
    return as_value(filled) if SYMBOL.fullmatch(value.strip()) else filled
