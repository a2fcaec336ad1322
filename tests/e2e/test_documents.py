"""The JSON documents of real runs are what their schemas promise, and the same bytes each time."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seeknal_ci.demo.edits import ADD_DISCOUNT, EDIT_DESCRIPTION, RENAME_CUSTOMER_ID, Edit
from seeknal_ci.render.documents import json_schema
from tests.support.program import Program, ecommerce

BROKEN = Edit(ADD_DISCOUNT.path, "FROM source.orders", "FROM source.order", "a wrong name")
FAILING = Edit(ADD_DISCOUNT.path, "UPPER(TRIM(status))", "CAST(status AS INTEGER)", "a bad cast")
EDITS = {
    "none": (),
    "column added": (ADD_DISCOUNT,),
    "column renamed": (RENAME_CUSTOMER_ID,),
    "description": (EDIT_DESCRIPTION,),
    "error": (BROKEN,),
    "several": (ADD_DISCOUNT, EDIT_DESCRIPTION),
}


@pytest.fixture(scope="module")
def check() -> Callable[[str, Any], None]:
    """Compare a document with the schema of its name."""
    jsonschema = importlib.import_module("jsonschema")  # it has no types

    def validate(name: str, document: Any) -> None:
        jsonschema.Draft202012Validator(json_schema(name)).validate(document)

    return validate


@pytest.fixture(params=sorted(EDITS))
def edited(request: pytest.FixtureRequest, tmp_path: Path) -> Program:
    """The e-commerce project with changes that are not committed."""
    program = ecommerce(tmp_path)
    for edit in EDITS[request.param]:
        edit.make(program.repo.path)
    return program


def test_a_diff_keeps_its_contract(edited: Program, check: Callable[[str, Any], None]) -> None:
    first = edited.run("diff", "--format", "json")

    check("diff", first.json)
    assert first.exit_code == (1 if first.json["errors"] else 0)
    assert edited.run("diff", "--format", "json", PYTHONHASHSEED="7").out == first.out


def test_a_plan_keeps_its_contract(edited: Program, check: Callable[[str, Any], None]) -> None:
    planned = edited.run("plan", "dev", "--format", "json")

    if planned.exit_code == 0:
        check("plan", planned.json)
        again = edited.ok("plan", "dev", "--format", "json", PYTHONHASHSEED="7")
        assert again.out == planned.out
    else:
        assert planned.err.startswith("error: ")


def test_environments_keep_their_contracts(
    tmp_path: Path, check: Callable[[str, Any], None]
) -> None:
    program = ecommerce(tmp_path)
    check("environments", program.ok("env", "list", "--format", "json").json)
    check("gc", program.ok("env", "gc", "--format", "json").json)
    program.ok("promote", "--quiet")
    ADD_DISCOUNT.make(program.repo.path)
    program.repo.write("seeknal-ci.yml", "environments: {ttl: 1ms}\n")
    for name in ("dev", "other"):
        program.ok("apply", name, "--quiet")
    program.change("CREATE TABLE seeknal_ci_builds.notes AS SELECT 1 AS n")
    program.change("CREATE TABLE seeknal_ci_builds.transform__x__0123456789ab AS SELECT 1 AS n")

    listed = program.ok("env", "list", "--format", "json").json
    check("environments", listed)
    assert [one["status"] for one in listed["environments"]] == ["expired", "expired", "kept"]
    check("environment", program.ok("env", "show", "dev", "--format", "json").json)
    check("gc", program.ok("env", "gc", "--dry-run", "--format", "json").json)
    gone = program.ok("env", "gc", "--format", "json").json
    check("gc", gone)
    assert gone["environments"]
    assert gone["tables"]
    assert gone["left"]


@pytest.mark.parametrize("edit", [ADD_DISCOUNT, FAILING], ids=["succeeds", "fails"])
def test_a_run_keeps_its_contract(
    tmp_path: Path, edit: Edit, check: Callable[[str, Any], None]
) -> None:
    program = ecommerce(tmp_path)
    edit.make(program.repo.path)

    applied = program.run("apply", "dev", "--format", "json")

    check("apply", applied.json)
    assert applied.exit_code == (0 if edit is ADD_DISCOUNT else 1)
