"""What people gave to the views of an environment stays when the views change."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from tests.contract.samples import environment, request
from tests.support.postgres import Server, rows_of


@dataclass(frozen=True)
class Lab:
    """A warehouse, a session beside it, and a role that comes and goes with them."""

    warehouse: PostgresWarehouse
    session: psycopg.Connection[tuple[Any, ...]]
    role: str

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        return rows_of(self.session, sql.replace("@role", self.role))

    def publish(self, sql: str, view: str = "a") -> None:
        """Let `prod.<view>` show a query."""
        build = self.warehouse.build(request(f"transform.{view}", sql, sql))
        self.warehouse.publish(environment("prod", {view: build}))


@pytest.fixture
def lab(postgres: Server, postgres_url: str) -> Iterator[Lab]:
    role = f"reader_{uuid.uuid4().hex}"
    warehouse = PostgresWarehouse.open(
        postgres_url, postgres_url, lock_timeout=0, on_wait=pytest.fail
    )
    with psycopg.connect(postgres_url, autocommit=True) as session:
        lab = Lab(warehouse, session, role)
        lab.run("CREATE ROLE @role")
        yield lab
        warehouse.close()
        lab.run("DROP OWNED BY @role")
        lab.run("DROP ROLE @role")


GRANTS = (
    "SELECT privilege_type, is_grantable FROM information_schema.table_privileges "
    "WHERE table_schema = 'prod' AND grantee = '@role' ORDER BY 1"
)


def test_grants_and_comments_stay_when_columns_change(lab: Lab) -> None:
    lab.publish("SELECT 1 AS id, 'x' AS name")
    lab.run("GRANT SELECT ON prod.a TO @role WITH GRANT OPTION")
    lab.run("GRANT UPDATE (id, name) ON prod.a TO @role")
    lab.run("GRANT SELECT ON prod.a TO PUBLIC")
    lab.run("COMMENT ON VIEW prod.a IS 'it''s of Ada; 100 % hers'")
    lab.run("COMMENT ON COLUMN prod.a.id IS 'the key'")
    lab.run("COMMENT ON COLUMN prod.a.name IS 'goes'")

    lab.publish("SELECT 'one' AS id, 2 AS number")

    assert lab.run("SELECT * FROM prod.a") == [("one", 2)]
    assert lab.run(GRANTS) == [("SELECT", "YES")]
    assert lab.run(
        "SELECT column_name FROM information_schema.column_privileges "
        "WHERE grantee = '@role' AND privilege_type = 'UPDATE'"
    ) == [("id",)]
    assert lab.run("SELECT has_table_privilege('public', 'prod.a', 'SELECT')") == [(True,)]
    assert lab.run("SELECT obj_description('prod.a'::regclass)") == [("it's of Ada; 100 % hers",)]
    assert lab.run("SELECT col_description('prod.a'::regclass, 1)") == [("the key",)]
    assert lab.run("SELECT col_description('prod.a'::regclass, 2)") == [(None,)]


def test_what_was_revoked_is_not_granted_by_default(lab: Lab) -> None:
    lab.publish("SELECT 1 AS id")
    lab.run("ALTER DEFAULT PRIVILEGES IN SCHEMA prod GRANT SELECT ON TABLES TO @role")
    lab.publish("SELECT 'one' AS id")
    assert lab.run(GRANTS) == []

    lab.publish("SELECT 1 AS first", "b")
    assert lab.run(GRANTS) == [("SELECT", "NO")]


def test_owner_and_options_stay(lab: Lab) -> None:
    lab.publish("SELECT 1 AS id")
    lab.run("GRANT CREATE, USAGE ON SCHEMA prod TO @role")
    lab.run("ALTER VIEW prod.a SET (security_barrier = true)")
    lab.run("ALTER VIEW prod.a OWNER TO @role")
    lab.publish("SELECT 'one' AS id")

    assert lab.run(
        "SELECT pg_get_userbyid(relowner), reloptions FROM pg_class WHERE oid = 'prod.a'::regclass"
    ) == [(lab.role, ["security_barrier=true"])]


def test_views_that_stay_are_not_touched(lab: Lab) -> None:
    lab.publish("SELECT 1 AS id")
    before = lab.run("SELECT xmin FROM pg_class WHERE oid = 'prod.a'::regclass")
    lab.publish("SELECT 1 AS id")

    assert lab.run("SELECT xmin FROM pg_class WHERE oid = 'prod.a'::regclass") == before


def test_more_columns_and_other_rows_do_not_disturb_a_dependant(lab: Lab) -> None:
    lab.publish("SELECT 1 AS id")
    lab.run("CREATE VIEW public.report AS SELECT id FROM prod.a")
    lab.publish("SELECT 2 AS id, 'x' AS name")

    assert lab.run("SELECT * FROM public.report") == [(2,)]
    assert lab.run("SELECT * FROM prod.a") == [(2, "x")]


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("VIEW public.report AS SELECT id FROM prod.a", "view report"),
        ("MATERIALIZED VIEW public.report AS SELECT id FROM prod.a", "materialized view report"),
        (
            "FUNCTION public.report(prod.a) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "function report",
        ),
        ("TABLE public.report (a prod.a)", "table report"),
    ],
)
def test_what_depends_on_a_view_is_named_and_nothing_changes(
    lab: Lab, made: str, named: str
) -> None:
    lab.publish("SELECT 1 AS id")
    lab.run(f"CREATE {made}")
    before = lab.warehouse.environments()

    with pytest.raises(SeeknalCiError, match=named) as caught:
        lab.publish("SELECT 'one' AS id")
    with pytest.raises(SeeknalCiError, match=named):
        lab.publish("SELECT 1 AS id", "b")
    with pytest.raises(SeeknalCiError, match=named):
        lab.warehouse.delete("prod")

    assert "drop these first" in caught.value.fix
    assert lab.run("SELECT * FROM prod.a") == [(1,)]
    assert lab.warehouse.environments() == before


def test_a_function_of_others_keeps_a_schema(lab: Lab) -> None:
    lab.publish("SELECT 1 AS id")
    lab.run("CREATE FUNCTION prod.theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'")

    with pytest.raises(SeeknalCiError, match="a function"):
        lab.warehouse.delete("prod")

    assert lab.run("SELECT prod.theirs(), id FROM prod.a") == [(1, 1)]
