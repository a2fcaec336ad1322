"""The JSON documents keep to their schemas, and the schemas to their own rules."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from seeknal_ci import __version__
from seeknal_ci.render.documents import (
    SCHEMAS,
    Document,
    apply_document,
    diff_document,
    json_schema,
    plan_document,
    to_json,
)
from tests.conftest import Golden
from tests.support.reports import (
    description_report,
    discount_report,
    huge_report,
    plan_for,
    rename_report,
    run_for,
    unchanged_report,
    with_name,
)

# It has no types of its own, and its stubs are not among the project's dependencies.
jsonschema = importlib.import_module("jsonschema")

REPORTS = (
    unchanged_report(),
    description_report(),
    discount_report(),
    rename_report(),
    huge_report(30),
    with_name(rename_report(), "\ud800\n|"),
)


def objects(schema: Any, path: str = "$") -> Iterator[tuple[str, Document]]:
    """Every object of a schema, the schema itself and all that it defines included."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from objects(value, f"{path}.{key}")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_describes_every_field_and_allows_no_other(name: str) -> None:
    schema = json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    for path, item in objects(schema):
        assert item["additionalProperties"] is False, path
        assert sorted(item["required"]) == sorted(item["properties"]), path
        for field, value in item["properties"].items():
            assert "description" in value or "$ref" in value, f"{path}.{field}"


@pytest.mark.parametrize("report", REPORTS)
def test_documents_keep_to_their_schemas(report: Any) -> None:
    plan = plan_for(report)
    for name, document in (
        ("diff", diff_document(report)),
        ("plan", plan_document(plan)),
        ("apply", apply_document(run_for(plan))),
    ):
        jsonschema.Draft202012Validator(json_schema(name)).validate(json.loads(to_json(document)))


def test_the_schema_of_a_plan_holds_that_of_a_comparison() -> None:
    assert json_schema("plan")["$defs"]["diff"] == json_schema("diff")


def test_a_comparison_as_json(golden: Golden) -> None:
    document = {**diff_document(rename_report()), "tool_version": "0.0.0"}
    golden("render/diff.json", to_json(document))


def test_a_plan_as_json(golden: Golden) -> None:
    document = plan_document(plan_for(discount_report()))
    document["diff"]["tool_version"] = "0.0.0"
    golden("render/plan.json", to_json(document))


def test_a_run_as_json(golden: Golden) -> None:
    golden("render/apply.json", to_json(apply_document(run_for(plan_for(discount_report())))))


def test_the_version_is_that_of_the_package() -> None:
    assert diff_document(unchanged_report())["tool_version"] == __version__


def test_any_text_can_be_written_as_utf8() -> None:
    text = to_json({"b": "\ud800é", "a": 1})
    assert text == '{\n  "a": 1,\n  "b": "\\ud800é"\n}\n'
    assert json.loads(text.encode("utf-8")) == {"a": 1, "b": "\ud800é"}
