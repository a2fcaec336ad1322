"""The shipped schemas are those that the shapes make, and take what is read."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from seeknal_ci.commands.schema import KINDS, SCHEMAS, generated, listed, printed
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest import kinds
from seeknal_ci.manifest.nodes import read_node
from seeknal_ci.manifest.yaml_reader import read_documents
from seeknal_ci.render.documents import json_schema
from tests.support.cases import all_cases

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "src" / "seeknal_ci" / "schemas"
PROJECTS = (
    *sorted((ROOT / "tests" / "cases" / "projects").iterdir()),
    ROOT / "src" / "seeknal_ci" / "demo" / "ecommerce",
)
WRONG = {
    "a kind that is none": "{kind: transfrom, name: x}",
    "no query": "{kind: transform, name: x}",
    "no name": "{kind: transform, transform: SELECT 1}",
    "a list of features that is a text": "{kind: aggregation, name: x, id_col: a, "
    "feature_date_col: b, application_date_col: c, features: amount}",
    "an aggregate that is none": "{kind: aggregation, name: x, id_col: a, feature_date_col: b, "
    "application_date_col: c, features: [{name: amount, basic: [smu]}]}",
    "an audit that is none": "{kind: transform, name: x, transform: SELECT 1, "
    "audits: [{type: notnull}]}",
    "a type of exposure that is none": "{kind: exposure, name: x, type: fiel}",
    "tags as a mapping": "{kind: transform, name: x, transform: SELECT 1, tags: {a: b}}",
    "an age that is none": "{kind: transform, name: x, transform: SELECT 1, timeout: soon}",
}
UNUSUAL = {
    "a number for a name": "{kind: transform, name: 2024, transform: SELECT 1}",
    "capitals": "{kind: exposure, name: x, type: FILE}",
    "one for many": "{kind: transform, name: x, sql: SELECT 1, tags: a, active: off, inputs: }",
    "the old inputs": "{kind: transform, name: x, sql: SELECT 1, inputs: {a: 'ref:source.a'}}",
    "a mapping of columns": "{kind: source, name: x, source: CSV, table: a, columns: {a: int}}",
    "a list of columns": "{kind: source, name: x, source: csv, table: a.csv, columns: [a, b]}",
    "a table among the parameters": "{kind: source, name: x, source: csv, params: {path: a.csv}}",
    "a short rule": "{kind: rule, name: x, inputs: [{ref: source.a}], rule: amount > 0}",
    "null unquoted": "{kind: rule, name: x, rule: {type: null, columns: a}}",
    "days": "{kind: aggregation, name: x, id_col: a, feature_date_col: b, application_date_col: c, "
    "features: [{name: amount, rolling: {window: 7d, functions: SUM}}]}",
    "no node at all": "{version: 2, models: []}",
    "a field that is not known": "{kind: transform, name: x, transform: SELECT 1, color: red}",
}


def pipeline_files() -> Iterator[Path]:
    """Every YAML file of a node in the projects that are known to be right."""
    for project in PROJECTS:
        for path in sorted((project / "seeknal").rglob("*.yml")):
            if "common" not in path.relative_to(project / "seeknal").parts:
                yield path


def problems(name: str, value: Any) -> list[str]:
    jsonschema = importlib.import_module("jsonschema")  # it has no types
    return [
        e.message for e in jsonschema.Draft202012Validator(json_schema(name)).iter_errors(value)
    ]


def value_of(text: str) -> Any:
    (document,), wrong = read_documents("x.yml", text.encode())
    assert wrong == ()
    return document.value


def test_the_shipped_schemas_are_those_of_the_shapes(request: pytest.FixtureRequest) -> None:
    made = generated()
    if request.config.getoption("--update-goldens"):
        for name, text in made.items():
            path = SHIPPED / f"{name}.schema.json"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    shipped = {name: (SHIPPED / f"{name}.schema.json").read_text("utf-8") for name in made}

    assert shipped == made, "make schemas writes them"


def test_every_schema_has_a_name() -> None:
    files = (path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*.json"))
    assert sorted(SCHEMAS) == sorted(name.removesuffix(".schema.json") for name in files)
    assert sorted(KINDS) == sorted(kinds.KINDS)
    assert all(name in listed() for name in SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one(name: str) -> None:
    importlib.import_module("jsonschema").Draft202012Validator.check_schema(json_schema(name))
    assert printed(name).endswith("}\n")


def test_a_schema_that_is_none() -> None:
    with pytest.raises(SeeknalCiError, match="no schema `sorce`") as raised:
        printed("sorce")
    assert raised.value.fix == "did you mean `source`?"


@pytest.mark.parametrize("path", [*pipeline_files()], ids=lambda path: path.name)
def test_what_is_right_is_right_to_an_editor(path: Path) -> None:
    for document in read_documents(path.name, path.read_bytes())[0]:
        assert problems("node", document.value) == []
        assert isinstance(document.value, dict)
        if "kind" in document.value:
            assert problems(str(document.value["kind"]), document.value) == []


@pytest.mark.parametrize("text", UNUSUAL.values(), ids=list(UNUSUAL))
def test_whatever_is_read_is_right_to_an_editor(text: str) -> None:
    assert problems("node", value_of(text)) == []


@pytest.mark.parametrize("text", WRONG.values(), ids=list(WRONG))
def test_an_editor_sees_mistakes(text: str) -> None:
    assert problems("node", value_of(text)) != []


def test_the_configuration() -> None:
    example = yaml.safe_load(
        "{main_branch: main, workers: '${WORKERS:4}', environments: {ttl: 7d}, "
        "rules: {column-removed-unused: NON_BREAKING}, promote: {breaking: block}}"
    )
    assert problems("config", example) == []
    for wrong in ({"wokers": 4}, {"workers": 0}, {"rules": {"no-rule": "BREAKING"}}):
        assert problems("config", wrong) != []


def test_shared_snippets() -> None:
    right = {"rules": [{"id": "paid", "value": "status = 'PAID'"}]}
    assert problems("common/rules", right) == []
    assert problems("common/rules", {"rules": [{"id": "paid"}]}) != []


def test_every_node_of_every_case_is_right_to_an_editor() -> None:
    """Whatever the reader takes, the schema takes: hundreds of nodes, in the spellings of tests."""
    looked_at = 0
    underlined = []
    for case in all_cases():
        for path, content in case.after.items():
            raw = content.encode() if isinstance(content, str) else content
            documents = read_documents(path, raw)[0] if is_pipeline_file(path) else ()
            for document in documents:
                if not isinstance(document.value, dict) or "kind" not in document.value:
                    continue
                if read_node(path, document)[0] is None:
                    continue
                looked_at += 1
                underlined += [(case.id, path, p) for p in problems("node", document.value)]

    assert underlined == []
    assert looked_at > 500


def is_pipeline_file(path: str) -> bool:
    return path.startswith("seeknal/") and path.endswith(".yml") and "/common/" not in path
