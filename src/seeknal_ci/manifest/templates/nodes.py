"""The nodes of a project with their templates filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from seeknal_ci.manifest.shared import Shared
from seeknal_ci.manifest.templates import errors
from seeknal_ci.manifest.templates.errors import TemplateError
from seeknal_ci.manifest.templates.filling import TEMPLATE, filled_sql, filled_text
from seeknal_ci.manifest.templates.names import Names
from seeknal_ci.model.checks import Bound, Check
from seeknal_ci.model.node import METADATA_FIELDS, Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Column, ExposureSpec, Json, Located, SourceSpec, SqlText
from seeknal_ci.model.template import as_value

# Fields whose texts are filled in wherever a kind has them; SQL is wherever the typed part has it.
TEXT_FIELDS = frozenset({"table", "path", "params"})
EDGES = frozenset({"inputs", "depends_on"})


def fill_templates(
    nodes: Mapping[str, Node], shared: Shared
) -> tuple[dict[str, Node], tuple[Problem, ...]]:
    """The nodes, and what is wrong with their templates; a node with such a problem is left out."""
    filled: dict[str, Node] = {}
    problems: list[Problem] = []
    for node_id, node in nodes.items():
        if not node.templated:
            filled[node_id] = node
            continue
        filler = _Filler(node, Names(node, shared))
        done = filler.node_filled()
        if filler.problems:
            problems += filler.problems
        else:
            filled[node_id] = done
    return filled, tuple(problems)


@dataclass
class _Filler:
    """One node being filled; what is wrong gathers in `problems`."""

    node: Node
    names: Names
    problems: list[Problem] = field(default_factory=list)
    symbols: list[Located] = field(default_factory=list)
    # What texts of the typed part became, so that the definition says the same.
    became: dict[str, str] = field(default_factory=dict)

    def node_filled(self) -> Node:
        node = self.node
        spec = self._typed(node.spec)
        if isinstance(spec, SourceSpec):
            table = self._text(spec.table, node.place_of("table"))
            params = self._json(dict(spec.params), ("params",))
            assert isinstance(params, dict), "a mapping stays a mapping"
            spec = replace(spec, table=table, params=params, columns=self._columns(spec))
        inputs = tuple(
            replace(edge, ref=self._name(Located(edge.ref, edge.place)).name)
            for edge in node.inputs
        )
        return replace(
            node,
            spec=spec,
            inputs=inputs,
            audits=self._typed(node.audits),
            definition=self._definition(),
            symbols=tuple(dict.fromkeys(self.symbols)),
        )

    def _columns(self, spec: SourceSpec) -> tuple[Column, ...] | None:
        """The columns that a source declares, their names filled in."""
        key = "schema" if self.node.definition.get("schema") else "columns"
        filled = [
            self._name(Located(column.name, self.node.place_of(key, index, "name"))).name
            for index, column in enumerate(spec.columns or ())
        ]
        columns = zip(spec.columns or (), filled, strict=True)
        return tuple(replace(column, name=name) for column, name in columns) or spec.columns

    def _typed(self, value: Any) -> Any:
        """A value of the typed part, with every SQL text and every name in it filled in."""
        if isinstance(value, SqlText):
            return self._sql(value)
        if isinstance(value, Located):
            return self._name(value)
        if isinstance(value, tuple):
            return tuple(self._typed(item) for item in value)
        if not is_dataclass(value) or isinstance(value, Place | type):
            return value
        if isinstance(value, Check):
            low, high = (self._bound(bound, value.place) for bound in (value.low, value.high))
            value = replace(value, low=low, high=high)
        if isinstance(value, ExposureSpec) and value.path is not None:
            path = Located(self._text(value.path.name, value.path.place), value.path.place)
            value = replace(value, path=path)
        changed = {}
        for item in fields(value):
            old = getattr(value, item.name)
            is_path = isinstance(value, ExposureSpec) and item.name == "path"
            new = old if is_path else self._typed(old)
            if new is not old and new != old:
                changed[item.name] = new
        return replace(value, **changed) if changed else value

    def _bound(self, bound: Bound | None, place: Place) -> Bound | None:
        """The bound of a range, which may be a number for which a template stands."""
        if not isinstance(bound, str) or "{{" not in bound:
            return bound
        filled = as_value(self._text(bound, place))
        return filled if isinstance(filled, int | float | str) else bound

    def _sql(self, sql: SqlText) -> SqlText:
        try:
            filled, symbols = filled_sql(sql, self.names)
        except TemplateError as error:
            self._problem(error)
            return sql
        if filled.text == sql.text and not symbols:
            return sql
        self.symbols += symbols
        self.became[sql.text] = filled.text
        return filled

    def _name(self, located: Located) -> Located:
        """A name, which no value of a run can be."""
        before = len(self.symbols)
        name = self._text(located.name, located.place)
        if len(self.symbols) > before:
            self._problem(errors.no_name(self.symbols[-1].name, located.place))
        return located if name == located.name else Located(name, located.place)

    def _text(self, text: str, place: Place) -> str:
        if "{{" not in text:
            return text
        try:
            filled, symbols = filled_text(text, place, self.names)
        except TemplateError as error:
            self._problem(error)
            return text
        self.symbols += symbols
        self.became[text] = filled
        return filled

    def _definition(self) -> dict[str, Json]:
        definition: dict[str, Json] = {}
        for key, value in self.node.definition.items():
            if key in TEXT_FIELDS or (key in EDGES and not self.problems):
                definition[key] = self._json(value, (key,))
            elif key in METADATA_FIELDS - {"audits"}:
                definition[key] = value
            else:
                definition[key] = self._as_became(value)
        return definition

    def _json(self, value: Json, at: tuple[str | int, ...]) -> Json:
        if isinstance(value, dict):
            return {key: self._json(item, (*at, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._json(item, (*at, index)) for index, item in enumerate(value)]
        if not isinstance(value, str) or "{{" not in value:
            return value
        filled = self._text(value, self.node.place_of(*at))
        return as_value(filled) if TEMPLATE.fullmatch(value.strip()) else filled

    def _as_became(self, value: Json) -> Json:
        if isinstance(value, dict):
            return {key: self._as_became(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._as_became(item) for item in value]
        return self.became.get(value, value) if isinstance(value, str) else value

    def _problem(self, error: TemplateError) -> None:
        problem = Problem(error.place, error.code, error.message, fix=error.fix, node=self.node.id)
        if problem not in self.problems:
            self.problems.append(problem)
