"""What every kind of template becomes in SQL, and which templates are refused."""

from __future__ import annotations

import pytest

from seeknal_ci.model.checks import RuleSpec
from tests.support.project import analysed
from tests.unit.manifest.templates.projects import HEAD, ORDERS, filled, problems

MAPPED = """\
kind: transform
name: t
inputs:
  users: "ref:source.orders"
  again: {ref: source.orders}
transform: |
"""
FROM = " FROM source.orders"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ orders.idCol }}", "order_id"),
        ("{{orders.idCol}}", "order_id"),
        ("{{ transforms.total }}", "SUM(amount)"),
        ("{{ transformations.total }}", "SUM(amount)"),
        ("CASE WHEN {{ rules.paid }} THEN 1 END", "CASE WHEN status = 'PAID' THEN 1 END"),
        ("amount + {{ least }}", "amount + 10"),
        ("{{ column }}", "amount"),
        ("{{ today }}", "'{{ today }}'"),
        ("{{ today() }}", "'{{ today }}'"),
        ("{{ today(-1) }}", "'{{ today(-1) }}'"),
        ("{{yesterday}}", "'{{ today(-1) }}'"),
        ("'{{yesterday}}'::date", "'{{ today(-1) }}'::date"),
        ("DATE '{{today(+7)}}'", "DATE '{{ today(7) }}'"),
        ("{{ month_start(-2) }}", "'{{ month_start(-2) }}'"),
        ("{{ year_start }}", "'{{ year_start }}'"),
        ("'{{ run_id }}-{{ run_date }}'", "'{{ run_id }}-{{ run_date }}'"),
        ("{{ env:N|10 }}", "seeknal_ci_value('{{ env:N|10 }}')"),
        ("'{{ env:NAME }}'", "'{{ env:NAME }}'"),
        ("'{{ env(NAME) }}'", "'{{ env:NAME }}'"),
        ("'{{ env(\"NAME\", 'no one') }}'", "'{{ env:NAME|no one }}'"),
        ("'{{ env:NAME | a b }}'", "'{{ env:NAME|a b }}'"),
        ("'{{ env:NAME| }}'", "'{{ env:NAME| }}'"),
        ("'{{ env:NAME|it's }}'", "'{{ env:NAME|it''s }}'"),
        ("{{ env:NAME|it's }}", "seeknal_ci_value('{{ env:NAME|it''s }}')"),
        ("$${{today}}$$", "$${{ today }}$$"),
        ("'a {{ orders.idCol }} b'", "'a order_id b'"),
        ('"{{ orders.idCol }}"', '"order_id"'),
        ("o.{{ orders.idCol }}", "o.order_id"),
        ("{{ rules.remarked }}, 1", "amount > 0 -- of euros\n, 1"),
    ],
)
def test_a_template_becomes(template: str, text: str) -> None:
    assert filled(f"SELECT {template} AS x{FROM}") == f"SELECT {text} AS x{FROM}"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS x -- {{ nothing }}",
        "SELECT 1 AS x /* {{ a /* {{ b }} */ {{ c */",
        "SELECT 1 AS x /* '{{ today }} */, '{% raw %}' AS y",
        "SELECT 'it''s -- no comment' AS x",
    ],
)
def test_what_is_no_template_is_left_alone(sql: str) -> None:
    assert filled(sql + FROM if "--" not in sql[:20] else f"{sql}\n{FROM}").startswith(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT {{ users }}.amount FROM {{users}} JOIN {{ again }} AS b ON true",
        "SELECT $users.amount FROM $users JOIN $again AS b ON true",
    ],
)
def test_inputs_go_by_the_names_of_their_mapping(sql: str) -> None:
    name = '"source.orders"'

    assert filled(sql, MAPPED) == (f"SELECT {name}.amount FROM {name} JOIN {name} AS b ON true")


@pytest.mark.parametrize(
    ("template", "code", "fix"),
    [
        ("{{ rules.paidd }}", "template-unknown", "did you mean `{{ rules.paid }}`?"),
        ("{{ orders.idcol }}", "template-unknown", "did you mean `{{ orders.idCol }}`?"),
        ("{{ lest }}", "template-unknown", "did you mean `{{ least }}`?"),
        ("{{ todai }}", "template-unknown", "did you mean `{{ today }}`?"),
        ("{{ zzz }}", "template-unknown", "params"),
        ("{{ ref('source.orders') }}", "template-unknown", "without the braces"),
        ("{{ least|upper }}", "template-unknown", "after `|`"),
        ("{{ least", "template-unclosed", "}}"),
        ("'{{ least'", "template-unclosed", "}}"),
        ("{{ }}", "template-empty", "name"),
        ("{% if x %}1{% endif %}", "template-statement", "SQL itself"),
        ("{# remark #} 1", "template-statement", "SQL itself"),
        ("{{ several }}", "template-value", "params.several"),
        ("{{ rules.one }}", "template-cycle", "remove one"),
        ("{{ rules.open }}", "template-open", "close"),
        ("{{ today(one) }}", "template-argument", "today(-1)"),
        ("{{ today(999999) }}", "template-argument", "today(-1)"),
        ("{{ run_id(1) }}", "template-argument", "today(-1)"),
        ("{{ env }}", "template-argument", "default"),
        ("{{ env:NO-NAME }}", "template-argument", "default"),
        ("a_{{ env:N }}", "template-place", "quotes"),
        ("{{ env:N }}_b", "template-place", "quotes"),
        ("{{ env:N }}{{ today }}", "template-place", "quotes"),
        ("'a'{{ today }}", "template-place", "quotes"),
        ("{{ env:F }}(1)", "template-place", "quotes"),
        ("o.{{ env:COLUMN }}", "template-place", "quotes"),
        ('"{{ today }}"', "template-place", "quotes"),
    ],
)
def test_a_template_is_refused_at_its_place(template: str, code: str, fix: str) -> None:
    found = problems(f"SELECT order_id,\n  {template} AS x{FROM}")

    assert [(p.code, p.node) for p in found] == [(code, "transform.t")]
    assert str(found[0].place).startswith("seeknal/t.yml:7:")
    assert fix in found[0].fix


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT order_id FROM {{ env:TABLE }}",
        "SELECT date_trunc('{{ env:unit }}', ordered_at) AS x FROM source.orders",
        "SELECT E'{{ env:NAME }}' AS x FROM source.orders",
    ],
)
def test_a_value_that_sql_would_not_take_is_refused(sql: str) -> None:
    assert [p.code for p in problems(sql)] == ["template-place"]


def test_an_input_and_a_parameter_of_one_name_are_refused() -> None:
    head = MAPPED.replace("transform: |", "params: {users: 1}\ntransform: |")

    assert [p.code for p in problems("SELECT * FROM {{ users }}", head)] == ["template-ambiguous"]


def test_an_input_that_no_mapping_names_is_refused_with_the_nearest() -> None:
    found = problems("SELECT amount FROM $usres", MAPPED)

    assert [(p.code, p.fix) for p in found] == [("template-unknown", "did you mean `$users`?")]


def test_snippets_that_multiply_are_refused() -> None:
    rules = "rules:\n" + "".join(
        f"  - {{id: r{n}, value: '{{{{ rules.r{n + 1} }}}} {{{{ rules.r{n + 1} }}}}'}}\n"
        for n in range(18)
    )
    rules += "  - {id: r18, value: '1'}\n"

    found = problems(f"SELECT {{{{ rules.r0 }}}} AS x{FROM}", rules=rules)

    assert [p.code for p in found] == ["template-too-long"]


def test_every_template_of_a_node_is_told_at_once() -> None:
    head = HEAD.replace("params: {", "params: {path: '{{ nowhere }}', ")

    found = problems(f"SELECT {{{{ nothing }}}} AS x{FROM}", head)

    assert [(p.code, p.place.line) for p in found] == [
        ("template-unknown", 4),
        ("template-unknown", 6),
    ]


def test_a_text_that_is_nothing_but_a_template_is_filled_in() -> None:
    whole = {
        "seeknal/common/transformations.yml": (
            "transformations: [{id: every, sql: SELECT amount FROM source.orders}]\n"
        ),
        "seeknal/orders.yml": ORDERS,
        "seeknal/t.yml": (
            "kind: transform\nname: t\ninputs: [{ref: source.orders}]\n"
            'transform: "{{ transforms.every }}"\n'
        ),
    }
    known = analysed(whole).of("transform.t")
    assert [column.name for column in known.columns or ()] == ["amount"]


@pytest.mark.parametrize(
    "columns",
    [
        'schema: [{name: "{{ orders.idCol }}", data_type: integer}]',
        'columns: {"{{ orders.idCol }}": integer}',
        'columns: ["{{ orders.idCol }}"]',
    ],
)
def test_a_source_declares_columns_by_template(columns: str) -> None:
    source = f"kind: source\nname: orders\nsource: csv\ntable: a.csv\n{columns}\n"
    common = 'sources: [{id: orders, ref: source.orders, params: {idCol: "order_id"}}]\n'
    analysis = analysed({"seeknal/common/sources.yml": common, "seeknal/orders.yml": source})

    assert not analysis.manifest.problems
    assert [column.name for column in analysis.of("source.orders").columns or ()] == ["order_id"]


def test_a_column_of_a_source_cannot_be_a_value_of_a_run() -> None:
    source = (
        "kind: source\nname: orders\nsource: csv\ntable: a.csv\n"
        'schema:\n  - name: "{{ today }}"\n    data_type: date\n'
    )
    (problem,) = analysed({"seeknal/orders.yml": source}).manifest.problems

    assert (problem.code, str(problem.place)) == ("template-place", "seeknal/orders.yml:6:5")


def test_bounds_of_a_range_are_numbers_for_which_templates_stand() -> None:
    rule = (
        "kind: rule\nname: r\ninputs: [{ref: source.orders}]\nparams: {least: 1.5}\nrule:\n"
        '  - {type: range, column: amount, params: {min_val: "{{ least }}", max_val: 9}}\n'
        '  - {type: range, column: ordered_at, params: {max_val: "{{ today }}"}}\n'
    )
    spec = analysed({"seeknal/r.yml": rule, "seeknal/orders.yml": ORDERS}).manifest.nodes["rule.r"]

    assert isinstance(spec.spec, RuleSpec)
    assert [(c.low, c.high) for c in spec.spec.checks] == [(1.5, 9), (None, "{{ today }}")]
    assert [symbol.name for symbol in spec.symbols] == ["{{ today }}"]
