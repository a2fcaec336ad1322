"""What each kind's fields accept, what they refuse, and what is said of what they name."""

from __future__ import annotations

import pytest

from seeknal_ci.manifest.validate import query_problems
from seeknal_ci.model.problem import Problem, Severity
from tests.support.project import Files, analysed

ORDERS = """kind: source
name: orders
source: csv
table: data/orders.csv
schema:
  - {name: order_id, data_type: integer}
  - {name: amount, data_type: double}
  - {name: ordered_at, data_type: date}
"""
READS = "inputs: [{ref: source.orders}]\n"
SHOP = """kind: semantic_model
name: shop
model: ref('source.orders')
measures: [{name: revenue, expr: amount}, {name: orders, expr: 1, agg: count}]
"""


def problems(text: str, more: Files | None = None) -> list[Problem]:
    """Everything that is wrong with a project of one source and this node."""
    files = {"seeknal/orders.yml": ORDERS, "seeknal/a.yml": text, **(more or {})}
    analysis = analysed(files)
    return [*analysis.manifest.problems, *query_problems(analysis, analysis.manifest.nodes)]


def only(text: str, more: Files | None = None) -> Problem:
    """The one thing that is wrong."""
    found = problems(text, more)
    assert len(found) == 1, found
    return found[0]


def transform(field: str) -> str:
    return f"kind: transform\nname: t\n{READS}transform: SELECT * FROM source.orders\n{field}\n"


@pytest.mark.parametrize(
    "field",
    [
        "freshness: {number: 24, datepart: hour, mute: true}",
        "freshness: {number: 1, datepart: Days}",
        "freshness: {warn_after: 24h, error_after: 2 days, time_column: ordered_at}",
        "freshness: {warn_after: {count: 12, period: hour}}",
        "timeliness: 6h",
        "retry: 3",
        "retry: {max_attempts: 3, backoff: exponential}",
        "retry: {max: 3, delay: 10s}",
        "timeout: 600",
        "timeout: 30m",
        "schedule: '0 6 * * *'",
        "schedule: {cron: '0 6 * * *', timezone: UTC}",
        "incremental: true",
        "incremental: {time_column: ordered_at, lookback: 3}",
        "materialization: {type: postgresql, connection: x, table: s.t, mode: full}",
        "materialization: {type: iceberg, table: a.b.c, mode: append, partition_by: [ordered_at]}",
        "materialization: {enabled: false, mode: upsert_by_key}",
        "materialization: {table: s.t, mode: upsert_by_key, unique_keys: order_id}",
        "materializations: [{table: s.t, mode: incremental_by_time, time_column: ordered_at}]",
        "columns: {order_id: integer}",
        "columns: {order_id: Number of the order, amount: }",
        "columns: {order_id: {description: x, dtype: integer}}",
        "columns: [order_id, {name: amount, data_type: double}]",
        "tags: one",
        "tags: [one, 2]",
        "alias: shown_as",
        "pipeline_type: daily",
        "params: {anything: [1, {a: b}]}",
        "audits: {type: row_count, min: 1, severity: WARN}",
    ],
)
def test_a_field_of_every_kind_is_accepted_as_projects_write_it(field: str) -> None:
    assert problems(transform(field)) == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("freshness: {number: 24}", "go together"),
        ("freshness: {number: 24, datepart: fortnight}", "`freshness.datepart`"),
        ("freshness: {mute: true}", "it says no age"),
        ("timeliness: {warn_after: soon}", "length of time"),
        ("retry: {max: -1}", "`retry.max`"),
        ("retry: often", "`retry`"),
        ("timeout: soon", "length of time"),
        ("materialization: {table: s.t, mode: overwite}", "`materialization.mode`"),
        ("materialization: {table: s.t, mode: upsert_by_key}", "needs `unique_keys`"),
        ("materialization: {table: s.t, mode: incremental_by_time}", "needs `time_column`"),
        ("materialization: [1]", "`materialization`"),
        ("columns: 5", "`columns`"),
        ("columns: {order_id: {dtype: [1]}}", "`columns.order_id"),
        ("tags: {a: b}", "`tags"),
        ("alias: ''", "`alias`"),
        ("params: [1]", "`params`"),
        ("audits: [{type: not_nul, columns: [order_id]}]", "`audits.0.type`"),
    ],
)
def test_a_field_of_every_kind_that_cannot_be_meant_is_refused(field: str, said: str) -> None:
    found = only(transform(field))
    assert said in found.message
    assert (found.severity, found.place.line) == (Severity.ERROR, 5)


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("materialization: {table: s.t, mode: upsert, unique_keys: [order]}", "order"),
        ("materializations: [{table: s.t, partition_by: [orderd_at]}]", "orderd_at"),
        ("freshness: {warn_after: 1d, time_column: orderd_at}", "orderd_at"),
    ],
)
def test_a_column_that_a_field_names_must_be_there(field: str, column: str) -> None:
    found = only(transform(field))
    assert found.code == "unknown-column"
    assert f"`{column}`" in found.message
    assert "did you mean `order" in found.fix


@pytest.mark.parametrize(
    ("field", "path", "fix"),
    [
        ("materialization: {tabel: s.t}", "materialization.tabel", "did you mean `table`?"),
        ("freshness: {warn_after: 1d, muted: true}", "freshness.muted", "did you mean `mute`?"),
        ("columns: {order_id: {descripton: x}}", "columns.order_id.descripton", "`description`?"),
        ("columns: [{name: a, dtpe: x}]", "columns.0.dtpe", "did you mean `dtype`?"),
        ("audits: [{type: row_count, min: 1, sevrity: x}]", "audits.0.sevrity", "`severity`?"),
        ("shedule: x", "shedule", "did you mean `schedule`?"),
    ],
)
def test_a_key_that_nothing_looks_at_is_told_by_its_path(field: str, path: str, fix: str) -> None:
    found = next(p for p in problems(transform(field)) if p.code == "unknown-field")
    assert f"`{path}`" in found.message
    assert fix in found.fix
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("kind: dimension\nname: d\nkeys: {natural_keys: [order]}\n", "unknown-column", "order_id"),
        ("kind: dimension\nname: d\nmerge_keys: [amout]\n", "unknown-column", "`amount`"),
        ("kind: fact\nname: f\ngrain: [orderid]\n", "unknown-column", "`order_id`"),
        ("kind: fact\nname: f\nscd_type: 3\n", "invalid-field", "scd_type"),
        (
            "kind: dimension\nname: d\ntransform: SELECT x FROM source.orders\n",
            "unknown-column",
            "",
        ),
        ("kind: dimension\nname: d\ntransform: SELECT (\n", "sql-syntax", ""),
        ("kind: dimension\nname: d\nkeys: {naturl_keys: [order_id]}\n", "unknown-field", "natural"),
        ("kind: model\nname: m\ntraining: {label_column: amout}\n", "unknown-column", "`amount`"),
        ("kind: model\nname: m\ntraining: {test_size: 2}\n", "invalid-field", "test_size"),
        (
            "kind: semantic_model\nname: s\nmeasures: [{name: revenue, expr: amout}]\n",
            "unknown-column",
            "`amount`",
        ),
        (
            "kind: semantic_model\nname: s\nmeasures: [{name: amount, agg: summ}]\n",
            "unknown-aggregate",
            "`sum`",
        ),
        (
            "kind: semantic_model\nname: s\ndimensions: [amount, Amount]\n",
            "duplicate-column",
            "another name",
        ),
        (
            "kind: semantic_model\nname: s\ndefault_time_dimension: at\ndimensions: [ordered_at]\n",
            "unknown-column",
            "`ordered_at`",
        ),
        (
            "kind: semantic_model\nname: s\ndimensions: [{name: a, expr: amount >}]\n",
            "sql-syntax",
            "correct the SQL",
        ),
        (
            "kind: semantic_model\nname: s\n"
            "measures: [{name: amount}]\nmetrics: [{name: m, measure: amont}]\n",
            "unknown-column",
            "`amount`",
        ),
        ("kind: exposure\nname: e\ntype: databse\n", "exposure-type", "`database`"),
        ("kind: exposure\nname: e\ntype: database\n", "exposure-target", "`table:`"),
        (
            "kind: exposure\nname: e\ntype: notification\nparams: {channel: pigeon}\n",
            "exposure-channel",
            "slack",
        ),
        ("kind: rule\nname: r\nrule: amout > 0\n", "unknown-column", "`amount`"),
    ],
)
def test_what_is_wrong_with_a_kind_is_told_with_the_nearest_name(
    text: str, code: str, said: str
) -> None:
    found = only(text + READS)
    assert found.code == code
    assert said in f"{found.message} {found.fix}"


@pytest.mark.parametrize(
    ("metric", "code"),
    [
        ("type: simple\nmeasure: revenu\n", "unknown-column"),
        ("type: simple\n", "invalid-field"),
        ("type: ratio\nnumerator: revenue\n", "invalid-field"),
        ("type: derived\nexpr: revenue / order\n", "unknown-column"),
        ("type: sum\nmeasure: revenue\n", "invalid-field"),
        ("type: simple\nmeasure: revenue\nfilter: amout > 0\n", "unknown-column"),
        ("type: simple\nmeasure: revenue\nfilter: amount >\n", "sql-syntax"),
    ],
)
def test_what_is_wrong_with_a_metric_is_told(metric: str, code: str) -> None:
    assert only(f"kind: metric\nname: m\n{metric}", {"seeknal/shop.yml": SHOP}).code == code


@pytest.mark.parametrize(
    ("metric", "reads"),
    [
        ("type: simple\nmeasure: revenue\n", ["semantic_model.shop"]),
        ("type: simple\nmeasure: shop.revenue\n", ["semantic_model.shop"]),
        ("type: simple\nmeasure: {name: revenue}\n", ["semantic_model.shop"]),
        ("type: ratio\ntype_params: {numerator: revenue, denominator: orders}\n", None),
        (
            "type: simple\nmeasure: revenue\nfilter: amount > 0\n",
            ["semantic_model.shop", "source.orders"],
        ),
        ("type: derived\nexpr: a / 2\ninputs: [{metric: revenue, alias: a}]\n", None),
    ],
)
def test_a_metric_reads_what_has_its_measures(metric: str, reads: list[str] | None) -> None:
    files = {
        "seeknal/orders.yml": ORDERS,
        "seeknal/shop.yml": SHOP,
        "seeknal/m.yml": f"kind: metric\nname: m\n{metric}",
    }
    analysis = analysed(files)
    assert analysis.manifest.problems == ()
    assert query_problems(analysis, analysis.manifest.nodes) == ()
    assert [*analysis.manifest.upstream["metric.m"]] == (reads or ["semantic_model.shop"])
    assert analysis.of("metric.m").types == {"m": "DOUBLE"}


def test_a_metric_without_any_semantic_model_says_so() -> None:
    found = only("kind: metric\nname: m\ntype: simple\nmeasure: revenue\n")
    assert (found.code, found.place.line) == ("metric-reads", 4)


def test_a_fact_reads_the_dimension_that_its_key_is_of() -> None:
    dimension = f"kind: dimension\nname: customers\n{READS}keys: {{surrogate_key: customer_key}}\n"
    fact = (
        f"kind: fact\nname: sales\n{READS}"
        "foreign_keys: [{column: order_id, references: customers, dimension_key: customer_ky}]\n"
    )
    found = only(fact, {"seeknal/d.yml": dimension})
    assert found.code == "unknown-column"
    assert found.fix == "did you mean `customer_key`?"


@pytest.mark.parametrize(
    ("source", "table"),
    [
        ("table: data/x.csv", "data/x.csv"),
        ("params: {path: data/x.csv, delimiter: ';'}", "data/x.csv"),
    ],
)
def test_a_source_names_its_file_in_either_way(source: str, table: str) -> None:
    analysis = analysed({"seeknal/a.yml": f"kind: source\nname: a\nsource: csv\n{source}\n"})
    assert analysis.manifest.problems == ()
    assert getattr(analysis.manifest.nodes["source.a"].spec, "table", None) == table


def test_a_source_of_no_known_type_is_told_and_tracked() -> None:
    found = only("kind: source\nname: a\nsource: cvs\ntable: x\nschema: []\n")
    assert (found.code, found.severity) == ("source-type", Severity.WARNING)
    assert found.fix == "did you mean `csv`?"
