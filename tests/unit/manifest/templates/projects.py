"""A small project with templates, and what became of one of its nodes."""

from __future__ import annotations

from collections.abc import Mapping

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.validate import query_problems
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import SqlText, TransformSpec
from tests.support.project import analysed

SOURCES = """\
sources:
  - id: orders
    ref: source.orders
    params: {idCol: order_id, amountCol: amount, statusCol: "status"}
"""
RULES = """\
rules:
  - id: paid
    value: "status = 'PAID'"
  - id: recent
    value: |
      {{ rules.paid }}
      AND ordered_at >= '{{ today(-7) }}'
  - id: misspelt
    value: stattus = 'PAID'
  - {id: one, value: "{{ rules.two }}"}
  - {id: two, value: "{{ rules.one }}"}
  - {id: open, value: "status = 'PAID"}
  - {id: remarked, value: "amount > 0 -- of euros"}
  - {id: broken, value: "amount > AND"}
"""
TRANSFORMATIONS = """\
transformations:
  - id: total
    sql: SUM({{ orders.amountCol }})
"""
ORDERS = """\
kind: source
name: orders
source: csv
table: data/orders.csv
schema:
  - {name: order_id, data_type: integer}
  - {name: amount, data_type: double}
  - {name: status, data_type: string}
  - {name: ordered_at, data_type: date}
"""
HEAD = """\
kind: transform
name: t
inputs: [{ref: source.orders}]
params: {least: 10, column: amount, several: [1, 2]}
transform: |
"""
SHARED: Mapping[str, str] = {
    "seeknal/common/sources.yml": SOURCES,
    "seeknal/common/rules.yml": RULES,
    "seeknal/common/transformations.yml": TRANSFORMATIONS,
    "seeknal/orders.yml": ORDERS,
}
# The line of the first line of SQL, and the column of its first character.
FIRST_LINE, FIRST_COLUMN = 6, 3


def project(sql: str, head: str = HEAD, **shared: str) -> Analysis:
    """The project with one transform, `t`; `rules="…"` is another file of rules."""
    block = "".join(f"  {line}\n" if line else "\n" for line in sql.split("\n"))
    others = {f"seeknal/common/{name}.yml": text for name, text in shared.items()}
    return analysed({**SHARED, **others, "seeknal/t.yml": head + block})


def filled(sql: str, head: str = HEAD) -> str:
    """The SQL of `t` with its templates filled in."""
    return sql_of(project(sql, head)).text.removesuffix("\n")


def sql_of(analysis: Analysis) -> SqlText:
    """What `t` says, which must be without problems in its templates."""
    assert analysis.manifest.errors == (), analysis.manifest.errors
    spec = analysis.manifest.nodes["transform.t"].spec
    assert isinstance(spec, TransformSpec)
    return spec.sql


def problems(sql: str, head: str = HEAD, **shared: str) -> tuple[Problem, ...]:
    """Everything that is wrong with the project."""
    analysis = project(sql, head, **shared)
    found = query_problems(analysis, analysis.manifest.nodes)
    return (*analysis.manifest.problems, *found)
