"""The ways to a PostgreSQL database, and what is said when there is none."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.warehouse.connect import connect
from seeknal_ci.warehouse.postgres import PostgresWarehouse
from seeknal_ci.warehouse.protocol import QueryRelation, Warehouse
from tests.contract.samples import environment, file_request, physical, request, written
from tests.support.postgres import Server, run

SECRET = "s3cr%2Ft"  # noqa: S105  # of nobody


def opened(url: str, folder: Path, *, read_only: bool = False) -> Warehouse:
    return connect(url, folder, lock_timeout=0, read_only=read_only, on_wait=pytest.fail)


def parts(url: str) -> tuple[str, str]:
    """Host, or the folder of its socket, and database."""
    split = urlsplit(url)
    return split.hostname or parse_qs(split.query)["host"][0], split.path.lstrip("/")


@pytest.mark.parametrize(
    "form",
    [
        "postgresql://{user}@/{database}?host={host}",
        "postgres://{user}@/{database}?host={host}",
        "postgresql:///?user={user}&dbname={database}&host={host}",
        "postgresql://{user}:unused@/{database}?host={host}&sslmode=prefer&application_name=x",
        "postgresql://{user}@/{database}?host=/nowhere,{host}&port=5432,5432",
        "postgresql:///?service=lab",
    ],
)
def test_urls_are_those_of_libpq(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    host, database = parts(postgres_url)
    user = urlsplit(postgres_url).username or "postgres"
    services = written(
        tmp_path, "services", f"[lab]\nhost={host}\ndbname={database}\nuser={user}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    if not host.startswith("/"):
        pytest.fail("the server of SEEKNAL_CI_TEST_POSTGRES must be reached by its socket")

    warehouse = opened(form.format(user=user, host=host, database=database), tmp_path)
    assert warehouse.environments() == ()
    warehouse.close()


@pytest.mark.parametrize(
    ("url", "what", "class_"),
    [
        (f"postgresql://ada:{SECRET}@127.0.0.1:1/db", "refused", "08000"),
        (f"postgresql://ada:{SECRET}@/db?host=/nowhere", "nowhere", "08000"),
    ],
)
def test_a_server_that_is_not_there(tmp_path: Path, url: str, what: str, class_: str) -> None:
    with pytest.raises(WarehouseError, match=what) as caught:
        opened(url, tmp_path)

    assert caught.value.error_class == class_
    assert "check that the server runs" in caught.value.fix
    assert "s3cr" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ada:{SECRET}%zz@host/db",
        f"postgresql://ada:{SECRET}@host/db?nonsense=1",
        f"postgresql://ada:{SECRET}@[host/db",
        f"postgresql://ada@host/db?password={SECRET}%zz",
    ],
)
def test_a_url_that_is_none_hides_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(SeeknalCiError, match="no PostgreSQL URL") as caught:
        opened(url, tmp_path)

    assert "s3cr" not in str(caught.value)
    assert "***" in caught.value.what
    assert caught.value.__cause__ is None


def test_a_database_that_is_not_there(postgres: Server, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="nowhere") as caught:
        opened(postgres.at("nowhere"), tmp_path)

    assert not caught.value.retriable


def test_without_psycopg_the_extra_is_named(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "sys.modules['psycopg'] = None\n"
        "from pathlib import Path\n"
        "from seeknal_ci.warehouse.connect import connect\n"
        "from seeknal_ci.errors import SeeknalCiError\n"
        "try:\n"
        "    connect('postgresql://ada:s3cret@h/d', Path('.'), lock_timeout=0, read_only=False,\n"
        "            on_wait=print)\n"
        "except SeeknalCiError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "postgresql://ada:***@h/d needs psycopg" in done.stdout
    assert "pip install 'seeknal-ci[postgres]'" in done.stdout


def test_nothing_else_imports_psycopg() -> None:
    script = (
        "import sys, seeknal_ci.warehouse.connect, seeknal_ci.cli.main\n"
        "print(any(name.partition('.')[0] == 'psycopg' for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_read_only_nothing_is_made(postgres_url: str, tmp_path: Path) -> None:
    warehouse = opened(postgres_url, tmp_path, read_only=True)

    assert warehouse.environments() == ()
    assert warehouse.builds(["x"]) == {}
    assert warehouse.latest_seconds() == {}
    with pytest.raises(SeeknalCiError, match="read-only"):
        warehouse.build(request("transform.t", "SELECT 1 AS n"))
    warehouse.close()
    found = run(postgres_url, "SELECT 1 FROM pg_namespace WHERE nspname LIKE 'seeknal%'")
    assert found == []


def test_a_registry_of_a_newer_program_is_refused(postgres_url: str, tmp_path: Path) -> None:
    opened(postgres_url, tmp_path).close()
    run(postgres_url, 'UPDATE seeknal_ci.version SET "format" = 99')

    with pytest.raises(SeeknalCiError, match="newer seeknal-ci"):
        opened(postgres_url, tmp_path)


def test_many_processes_may_be_the_first(postgres_url: str, tmp_path: Path) -> None:
    together = threading.Barrier(6)
    found: list[Warehouse] = []

    def first() -> None:
        together.wait()
        warehouse = connect(
            postgres_url, tmp_path, lock_timeout=30, read_only=False, on_wait=lambda text: None
        )
        found.append(warehouse)
        warehouse.close()

    threads = [threading.Thread(target=first) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 6
    assert run(postgres_url, "SELECT count(*) FROM seeknal_ci.version") == [(1,)]


def test_a_session_that_the_server_ended_is_opened_again(postgres_url: str, tmp_path: Path) -> None:
    warehouse = opened(postgres_url, tmp_path)
    mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE "
    run(postgres_url, f"{mine} 'seeknal-ci, PID %' AND datname = current_database()")

    with pytest.raises(WarehouseError) as caught:
        warehouse.build(request("transform.t", "SELECT 1 AS n"))
    assert caught.value.retriable
    assert warehouse.build(request("transform.t", "SELECT 1 AS n")).rows == 1
    warehouse.close()
    with pytest.raises(WarehouseError, match="is closed"):
        warehouse.environments()


def test_what_a_role_is_set_to_changes_no_value(postgres_url: str, tmp_path: Path) -> None:
    database = urlsplit(postgres_url).path.lstrip("/")
    for setting in (
        "TimeZone = 'Asia/Kolkata'",
        "DateStyle = 'German'",
        "IntervalStyle = 'iso_8601'",
        "bytea_output = 'escape'",
        "client_min_messages = 'error'",
        "default_transaction_isolation = 'serializable'",
    ):
        run(postgres_url, f"ALTER DATABASE {database} SET {setting}")
    warehouse = opened(postgres_url, tmp_path)
    sql = (
        "SELECT CAST(DATE '2024-03-01' AS VARCHAR) AS d, TIMESTAMPTZ '2024-03-01 12:00:00+00' "
        "AS t, CAST(TIMESTAMPTZ '2024-03-01 23:00:00+00' AS DATE) AS e"
    )
    made = warehouse.build(request("transform.t", QueryRelation(sql, "duckdb")))

    shown = "d, to_char(e, 'YYYY-MM-DD'), to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"
    rows = run(postgres_url, f"SELECT {shown} FROM {physical(made)}")
    assert rows == [("2024-03-01", "2024-03-01", "2024-03-01 12")]
    with pytest.raises(WarehouseError, match="63 bytes"):
        warehouse.build(request("transform.u", f"SELECT 1 AS {'n' * 64}"))
    warehouse.close()


def test_text_is_compared_by_its_characters_whatever_the_database(
    postgres: Server, tmp_path: Path
) -> None:
    """As in DuckDB: capitals come before small letters, and those of all scripts are known."""
    path = written(tmp_path, "words.csv", "word\nb\nB\na\nÄ\nä\n")
    with postgres.database("LOCALE 'C' TEMPLATE template0") as url:
        warehouse = PostgresWarehouse.open(url, url, lock_timeout=0, on_wait=pytest.fail)
        source = warehouse.build(file_request(path, columns={"word": "VARCHAR"}))
        words = f"FROM {physical(source)}"
        sql = f"SELECT min(word) AS lo, string_agg(lower(word), '' ORDER BY word) AS l {words}"
        made = warehouse.build(request("transform.t", QueryRelation(sql, "duckdb")))
        found = run(url, f"SELECT * FROM {physical(made)}")
        collations = run(
            url,
            "SELECT DISTINCT collation_name FROM information_schema.columns "
            "WHERE table_schema = 'seeknal_ci_builds' AND data_type = 'text'",
        )
        warehouse.close()

    assert found == [("B", "babää")]
    assert collations in ([("pg_c_utf8",)], [("C.utf8",)])


def test_a_user_without_rights_is_told_so(postgres: Server, postgres_url: str) -> None:
    opened(postgres_url, Path()).close()
    run(postgres_url, "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN OTHERS THEN END $$")
    host, database = parts(postgres_url)
    url = f"postgresql://guest@/{database}?host={host}"

    with pytest.raises(WarehouseError, match="permission denied") as caught:
        opened(url, Path()).publish(environment("dev", {}))
    assert caught.value.error_class == "42501"
    assert "grant" in caught.value.fix
