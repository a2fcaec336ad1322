"""What validate takes for a parameter is what a warehouse reads as one."""

from __future__ import annotations

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.manifest.parameters import FILE_PARAMETERS
from seeknal_ci.warehouse.duckdb_files import PARAMS
from tests.support.project import MemoryTree


def test_both_know_the_same_parameters() -> None:
    assert {kind: sorted(names) for kind, names in FILE_PARAMETERS.items()} == {
        kind: sorted(names) for kind, names in PARAMS.items()
    }


def test_an_unknown_parameter_is_an_error_with_the_nearest() -> None:
    text = "kind: source\nname: a\nsource: csv\ntable: a.csv\nparams:\n  delimeter: ';'\n"

    (problem,) = load_manifest(MemoryTree({"seeknal/a.yml": text})).errors

    assert problem.code == "unknown-parameter"
    assert problem.fix == "did you mean `delimiter`?"
    assert str(problem.place) == "seeknal/a.yml:6:3"
