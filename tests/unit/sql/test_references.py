"""Which nodes a query reads, however it names them."""

from __future__ import annotations

import pytest

from seeknal_ci.sql.errors import SqlError
from tests.support.queries import columns, resolved

ONE = ("source.orders",)
TWO = ("source.orders", "source.customers")


def reads(sql: str, *inputs: str) -> list[str]:
    return sorted({node for node, _ in resolved(sql, *inputs).reads})


def problem(sql: str, *inputs: str) -> SqlError:
    with pytest.raises(SqlError) as raised:
        resolved(sql, *inputs)
    return raised.value


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM source.orders",
        "SELECT * FROM SOURCE.Orders",
        'SELECT * FROM "source"."orders"',
        'SELECT * FROM "source.orders"',
        "SELECT * FROM ref('source.orders')",
        "SELECT * FROM ref('Source.ORDERS') AS o",
        "SELECT * FROM input_0",
        "SELECT * FROM INPUT_0",
        "SELECT * FROM __THIS__",
        "FROM __this__ SELECT 1 AS one",
        "SELECT orders.amount FROM source.orders",
        "SELECT source.orders.amount FROM source.orders",
        "SELECT Source.Orders.Amount FROM source.orders WHERE SOURCE.ORDERS.amount > 1",
        "WITH o AS (SELECT * FROM source.orders) SELECT * FROM o",
        "SELECT (SELECT max(amount) FROM source.orders) AS most",
    ],
)
def test_an_input_is_found_by_each_of_its_names(sql: str) -> None:
    assert reads(sql, *ONE) == ["source.orders"]


def test_inputs_are_counted_from_zero() -> None:
    assert reads("SELECT * FROM input_1", *TWO) == ["source.customers"]
    assert reads("SELECT * FROM input_1 JOIN input_0 USING (customer_id)", *TWO) == sorted(TWO)


def test_an_input_number_that_the_node_does_not_have_is_a_problem_with_its_place() -> None:
    error = problem("SELECT *\nFROM input_2", *TWO)
    assert (error.code, error.place.line, error.place.column) == ("unknown-input", 2, 6)
    assert error.message == "`input_2` is read, but the node has 2 inputs, numbered from 0"


def test_this_is_the_input_only_where_there_is_one() -> None:
    assert problem("SELECT * FROM __THIS__", *TWO).code == "unknown-table"


def test_a_name_that_is_no_node_is_a_problem_with_the_nearest_one() -> None:
    error = problem("SELECT * FROM ordrs", *ONE)
    assert error.code == "unknown-table"
    assert error.message == "the SQL reads `ordrs`, which is no node"
    assert error.fix == "write `source.orders`"


@pytest.mark.parametrize("argument", ["source.orders", '"source.orders"', "'a', 'b'", "", "1"])
def test_ref_takes_one_id_in_quotes(argument: str) -> None:
    assert problem(f"SELECT * FROM ref({argument})", *ONE).code == "ref-argument"


def test_a_cte_hides_a_node_of_the_same_name() -> None:
    sql = "WITH input_0 AS (SELECT 1 AS one) SELECT * FROM input_0"
    assert reads(sql, *ONE) == []
    assert columns(sql) == [("one", "INTEGER")]


def test_a_cte_is_not_visible_to_itself_or_to_those_before_it() -> None:
    assert reads("WITH input_0 AS (SELECT * FROM input_0) SELECT * FROM input_0", *ONE) == [*ONE]
    before = "WITH a AS (SELECT * FROM input_0), input_0 AS (SELECT 1 AS one) SELECT * FROM a"
    assert reads(before, *ONE) == [*ONE]


def test_a_recursive_cte_is_visible_to_itself() -> None:
    sql = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) FROM r"
    assert reads(sql, *ONE) == []


def test_a_cte_of_an_inner_query_is_not_visible_outside_it() -> None:
    sql = "SELECT * FROM (WITH c AS (SELECT 1 AS one) SELECT * FROM c) AS s, c"
    assert problem(sql, *ONE).message == "the SQL reads `c`, which is no node"


def test_two_nodes_of_one_name_are_told_apart_by_their_kind() -> None:
    sql = "SELECT * FROM source.orders JOIN transform.orders ON true"
    assert reads(sql, "source.orders", "transform.orders") == ["source.orders", "transform.orders"]


def test_a_node_may_have_the_alias_of_a_cte_beside_it() -> None:
    sql = "WITH orders AS (SELECT 1 AS one) SELECT one, amount FROM orders, source.orders"
    assert columns(sql) == [("one", "INTEGER"), ("amount", "DOUBLE")]


@pytest.mark.parametrize("name", ['or"ders', "or.ders", "or ders", "Ordérs", "select", "a'b", "--"])
def test_names_that_need_quotes_are_resolved(name: str) -> None:
    quoted = name.replace('"', '""')
    node = f"source.{name}"
    assert reads(f'SELECT 1 AS one FROM source."{quoted}"', node) == [node]
    escaped = name.replace("'", "''")
    assert reads(f"SELECT 1 AS one FROM ref('source.{escaped}')", node) == [node]


def test_another_database_is_no_node() -> None:
    assert reads("SELECT 1 AS one FROM other.source.orders", *ONE) == ["other.source.orders"]


@pytest.mark.parametrize(
    "function",
    [
        "read_csv('x.csv')",
        "read_parquet('x')",
        "read_text('/etc/passwd')",
        "glob('*')",
        "query('SELECT 1')",
        "query_table('x')",
        "duckdb_secrets()",
        "pragma_table_info('x')",
        "postgres_scan('a', 'b', 'c')",
        "st_read('x')",
        "sniff_csv('x')",
    ],
)
@pytest.mark.parametrize("sql", ["SELECT * FROM {}", "SELECT 1 AS a WHERE 1 IN (SELECT 1 FROM {})"])
def test_functions_that_read_from_elsewhere_are_refused(sql: str, function: str) -> None:
    error = problem(sql.format(function), *ONE)
    assert error.code == "outside-read"
    assert error.fix == "make it a source, and read that"


@pytest.mark.parametrize("sql", ["SELECT * FROM 'x.csv'", 'SELECT * FROM "data/x.parquet"'])
def test_files_are_no_tables(sql: str) -> None:
    assert problem(sql, *ONE).code == "unknown-table"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT i FROM range(10) AS r(i)",
        "SELECT i FROM generate_series(1, 3) AS g(i)",
        "SELECT t.tag FROM source.customers AS c, unnest(c.tags) AS t(tag)",
    ],
)
def test_functions_that_make_rows_of_their_arguments_are_allowed(sql: str) -> None:
    assert columns(sql) is not None
