"""The warehouse's URL: which file it means, what is refused, and no password in any message."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.warehouse.connect import exists
from seeknal_ci.warehouse.url import Location, masked, parse

ROOT = Path("/home/project")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("duckdb:///warehouse.duckdb", "/home/project/warehouse.duckdb"),
        ("duckdb:///data/a b.duckdb", "/home/project/data/a b.duckdb"),
        ("duckdb:////data/w.duckdb", "/data/w.duckdb"),
        ("DuckDB:///w.db", "/home/project/w.db"),
    ],
)
def test_a_duckdb_file(url: str, path: str) -> None:
    assert parse(url, ROOT) == Location("duckdb", url, path=Path(path))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:s3cret@host:5432/db", "postgresql://ada:***@host:5432/db"),
        ("postgres://host/db", "postgres://host/db"),
        (
            "PostgreSQL:///db?host=/tmp&sslmode=require",
            "PostgreSQL:///db?host=/tmp&sslmode=require",
        ),
        ("postgresql:///?service=team", "postgresql:///?service=team"),
        ("postgresql://a:s3cr%40t@h1:1,h2:2/db", "postgresql://a:***@h1:1,h2:2/db"),
        ("postgresql://h/db?user=ada&password=s3cret", "postgresql://h/db?user=ada&password=***"),
        ("postgresql://h/db?sslpassword=s3cret&a=1", "postgresql://h/db?sslpassword=***&a=1"),
    ],
)
def test_a_postgresql_database(url: str, shown: str) -> None:
    found = parse(url, ROOT)

    assert (found.engine, found.path, found.url, found.shown) == ("postgres", None, url, shown)
    assert "s3cr" not in repr(found)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("warehouse.duckdb", "no warehouse URL"),
        ("", "no warehouse URL"),
        ("duckdb:///", "names no file"),
        ("duckdb://warehouse.duckdb", "names no file"),
        ("duckdb:///:memory:", "forgets"),
        ("duckdb:///w.duckdb?access_mode=read_only", "no options"),
        ("mysql://host/db", "`mysql`"),
    ],
)
def test_what_is_refused(url: str, what: str) -> None:
    with pytest.raises(SeeknalCiError, match=what) as caught:
        parse(url, ROOT)
    assert "duckdb:///warehouse.duckdb" in caught.value.fix


@pytest.mark.parametrize(
    "url",
    [
        "redshift://ada:s3cret@host/db",
        "redshift://ada:s3cret/@:x@host/db",
        "redshift://s3cret@host/db",
        "redshift://host/db?user=ada&password=s3cret&sslmode=require",
        "jdbc:postgresql://ada:s3cret@host/db",
        "md:db?motherduck_token=s3cret",
        "mysql://ada:s3cret@host",
        "ada:s3cret@host",
        "host=x password=s3cret",
        "host=x password='my s3cret' user=ada",
        "host=x password = 'it\\'s s3cret'",
    ],
)
def test_secrets_are_never_shown(url: str) -> None:
    assert "s3cret" not in masked(url)
    with pytest.raises(SeeknalCiError) as caught:
        parse(url, ROOT)
    assert "s3cret" not in str(caught.value)


def test_what_is_no_secret_is_shown() -> None:
    assert masked("postgresql://ada:x@host:5432/db?a=1") == "postgresql://ada:***@host:5432/db?a=1"


def test_whether_there_is_a_warehouse(tmp_path: Path) -> None:
    assert not exists("duckdb:///w.duckdb", tmp_path)
    (tmp_path / "w.duckdb").write_bytes(b"")
    assert exists("duckdb:///w.duckdb", tmp_path)
    assert exists("postgresql://host/db", tmp_path)


def test_the_driver_is_not_imported_before_it_is_needed() -> None:
    script = (
        "import sys; import seeknal_ci.warehouse.connect, seeknal_ci.warehouse.url; "
        "sys.exit('duckdb' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
