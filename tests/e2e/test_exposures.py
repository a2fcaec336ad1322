"""Where a file exposure may write, known before anything moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import ecommerce

PATH = "seeknal/08_exposure_warehouse.yml"


@pytest.mark.parametrize(
    "target",
    [
        ".git/config",
        "seeknal/x.parquet",
        "seeknal-ci.yml",
        "data/orders.csv",
        "data",
        "../out",
        "/out/x.parquet",
        ".",
        "a/../../out",
    ],
)
def test_a_path_that_is_not_for_exports_is_an_error_with_its_line(
    tmp_path: Path, target: str
) -> None:
    program = ecommerce(tmp_path)
    text = (program.repo.path / PATH).read_text(encoding="utf-8")
    program.repo.write(PATH, text.replace("exports/customer_enriched", target))

    validated = program.run("validate")

    assert validated.exit_code == 1
    assert "[exposure-path]" in validated.out
    assert f"{PATH}:7" in validated.out


def test_two_exports_do_not_share_a_place(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    text = (program.repo.path / PATH).read_text(encoding="utf-8")
    program.repo.write("seeknal/09.yml", text.replace("name: warehouse_export", "name: other"))

    validated = program.run("validate")

    assert validated.exit_code == 1
    assert "write to the same place" in validated.out


def test_a_compression_that_the_format_does_not_know_is_an_error(tmp_path: Path) -> None:
    program = ecommerce(tmp_path)
    text = (program.repo.path / PATH).read_text(encoding="utf-8")
    program.repo.write(PATH, text.replace("  format: parquet", "  compression: banana"))

    validated = program.run("validate")

    assert validated.exit_code == 1
    assert "`banana`" in validated.out
