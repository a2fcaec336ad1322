"""One document to one node: its fields in each of their shapes, and what is wrong with them."""

from __future__ import annotations

import pytest

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import Column, ExposureSpec, SourceSpec, TransformSpec
from tests.support.project import Files, MemoryTree

SOURCE = "kind: source\nname: orders\nsource: csv\ntable: data/orders.csv\n"
CLEAN = (
    "kind: transform\nname: clean\ninputs: [{ref: source.orders}]\n"
    "transform: SELECT * FROM source.orders\n"
)


def load(files: Files) -> Manifest:
    return load_manifest(MemoryTree(files))


def only(manifest: Manifest) -> Problem:
    (found,) = manifest.problems
    return found


def node_with(text: str) -> Manifest:
    return load({"seeknal/orders.yml": SOURCE, "seeknal/a.yml": text})


def told(manifest: Manifest) -> list[tuple[str, int]]:
    return [(p.code, p.place.line) for p in manifest.problems]


def test_every_missing_field_is_told_at_once() -> None:
    manifest = load({"seeknal/a.yml": "kind: source\n"})
    assert manifest.nodes == {}
    assert {p.message for p in manifest.problems} == {
        "a node of kind source needs `name`",
        "a node of kind source needs `source`",
        "a node of kind source needs `table`",
    }


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "kind: transform\nname: [a]\ntransform: SELECT 1\n",
            2,
            "`name` should be text, and is a list",
        ),
        (
            "kind: transform\nname: a\ntransform: [x]\n",
            3,
            "`transform` should be text, and is a list",
        ),
        ("kind: transform\nname: a\ntransform: ''\n", 3, "`transform` is empty"),
        ("kind: transform\nname: ''\ntransform: SELECT 1\n", 2, "`name` is empty"),
        ("kind: transform\nname: ' '\ntransform: SELECT 1\n", 2, "space at its ends"),
        ('kind: transform\nname: "a\\tb"\ntransform: SELECT 1\n', 2, "no control characters"),
        (f"kind: transform\nname: {'a' * 300}\ntransform: SELECT 1\n", 2, "can have 200"),
        (
            "kind: transform\nname: a\ntransform: x\nactive: maybe\n",
            4,
            "`active` should be true or false",
        ),
        ("kind: transform\nname: a\ntransform: x\ninputs: [7]\n", 4, "`inputs.0"),
        (
            "kind: transform\nname: a\ntransform: x\ninputs:\n  - {to: b}\n",
            5,
            "`inputs.0` needs `ref`",
        ),
        (
            "kind: source\nname: a\nsource: csv\ntable: t\nschema: {a: b}\n",
            5,
            "`schema` should be a list",
        ),
        (
            "kind: source\nname: a\nsource: csv\ntable: t\nschema:\n  - name\n",
            6,
            "`schema.0` should be a mapping",
        ),
        ("kind: exposure\nname: a\ntype: file\nparams: [x]\n", 4, "`params` should be a mapping"),
    ],
)
def test_a_field_of_a_wrong_shape_is_told_on_its_line(text: str, line: int, message: str) -> None:
    found = [p for p in load({"seeknal/b.yml": text}).problems if message in p.message]
    assert [p.place.line for p in found] == [line]
    assert found[0].code == "invalid-field"


def test_an_unknown_field_is_a_warning_with_the_nearest_one() -> None:
    found = only(node_with(CLEAN.replace("name: clean", "name: clean\ndescripton: x")))
    assert found.severity is Severity.WARNING
    assert (found.code, found.place.line) == ("unknown-field", 3)
    assert found.fix == "did you mean `description`?"


@pytest.mark.parametrize(
    ("kind", "needs"),
    [
        ("dimension", ""),
        ("fact", ""),
        ("metric", "type: simple\nmeasure: revenue\n"),
        ("model", ""),
        ("semantic_model", "inputs: []\nmodel: source.a\n"),
    ],
)
def test_a_kind_that_is_not_executed_is_a_node_all_the_same(kind: str, needs: str) -> None:
    source = "kind: source\nname: a\nsource: csv\ntable: a.csv\n"
    text = f"kind: {kind}\nname: a\n{needs}"
    manifest = load({"seeknal/a.yml": source, "seeknal/b.yml": text})
    assert set(manifest.nodes) == {"source.a", f"{kind}.a"}
    assert manifest.problems == ()


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ("[{ref: source.orders}]", ["source.orders"]),
        ("[source.orders]", ["source.orders"]),
        ('{orders: "ref:source.orders"}', ["source.orders"]),
        ("[{ref: source.orders}, {ref: source.orders}]", ["source.orders"]),
        ("[]", []),
    ],
)
def test_inputs_are_read_in_each_of_their_forms(inputs: str, expected: list[str]) -> None:
    manifest = node_with(CLEAN.replace("[{ref: source.orders}]", inputs))
    assert [edge.ref for edge in manifest.nodes["transform.clean"].inputs] == expected


def test_an_input_has_the_place_where_it_is_written() -> None:
    text = "kind: transform\nname: a\ntransform: SELECT 1\ninputs:\n  - ref: source.orders\n"
    (edge,) = node_with(text).nodes["transform.a"].inputs
    assert str(edge.place) == "seeknal/a.yml:5:5"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("schema: [{name: a, data_type: integer}]", (Column("a", "INTEGER"),)),
        ("schema: [{name: a, type: float}, {name: b}]", (Column("a", "DOUBLE"), Column("b"))),
        ("schema: [{name: a, data_type: int, description: Words}]", (Column("a", "INTEGER"),)),
        ("columns: {a: integer, b: date}", (Column("a", "INTEGER"), Column("b", "DATE"))),
        ("columns: {a: Date of the order, b: Name}", (Column("a"), Column("b"))),
        (
            "columns: {a: {description: Date, dtype: integer}, b: {description: Name}}",
            (Column("a", "INTEGER"), Column("b")),
        ),
        ("columns: [a, date, 2024]", (Column("a"), Column("date"), Column("2024"))),
        ("columns: [{name: a, data_type: integer}]", (Column("a", "INTEGER"),)),
        ("columns: []", None),
        ("columns: {}", None),
        ("schema: []", None),
        ("schema:", None),
        ("owner: me", None),
    ],
)
def test_columns_of_a_source_are_read_in_each_of_their_shapes(
    written: str, expected: tuple[Column, ...] | None
) -> None:
    manifest = load({"seeknal/orders.yml": f"{SOURCE}{written}\n"})
    spec = manifest.nodes["source.orders"].spec
    assert isinstance(spec, SourceSpec)
    assert spec.columns == expected


@pytest.mark.parametrize(
    ("field", "line"), [("schema:\n  - name: a\n  - name: A\n", 7), ("columns: [a, b, a]\n", 5)]
)
def test_a_column_that_is_declared_twice_is_an_error(field: str, line: int) -> None:
    assert told(load({"seeknal/orders.yml": SOURCE + field})) == [("duplicate-column", line)]


def test_a_declared_type_that_is_no_type_is_an_error() -> None:
    text = f"{SOURCE}schema:\n  - {{name: a, data_type: integr}}\n"
    found = only(load({"seeknal/orders.yml": text}))
    assert (found.code, found.place.line) == ("unknown-type", 6)
    assert found.message == "`integr`, the type of `a`, is no SQL type"


@pytest.mark.parametrize(
    ("written", "active"),
    [("", True), ("active: true", True), ("active: false", False), ("active: off", False),
     ("active: no", False), ("active: on", True)],
)  # fmt: skip
def test_a_node_may_be_switched_off(written: str, active: bool) -> None:
    manifest = load({"seeknal/orders.yml": f"{SOURCE}{written}\n"})
    assert manifest.nodes["source.orders"].active is active


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("transform: |\n  SELECT 1\n", 4),
        ("transform: SELECT 1\n", 3),
        ("transform: >\n  SELECT\n  1\n", 3),
        ("transform: &sql |\n  SELECT 1\n", 4),
        ("x: &sql |\n  SELECT 1\ntransform: *sql\n", 4),
        ("sql: |\n  SELECT 1\n", 4),
    ],
)
def test_sql_has_the_line_of_the_file_on_which_it_begins(written: str, line: int) -> None:
    manifest = load({"seeknal/a.yml": f"kind: transform\nname: a\n{written}"})
    spec = manifest.nodes["transform.a"].spec
    assert isinstance(spec, TransformSpec)
    assert spec.sql.place.line == line


@pytest.mark.parametrize(
    "text",
    [
        "path: exports/x\nformat: CSV\npartition_by: a\ncompression: zstd\n",
        "params: {path: exports/x, format: csv, partition_by: [a], compression: zstd}\n",
    ],
)
def test_an_exposure_says_where_it_goes_at_the_top_or_in_params(text: str) -> None:
    manifest = node_with(
        f"kind: exposure\nname: e\ntype: File\ndepends_on: [source.orders]\n{text}"
    )
    spec = manifest.nodes["exposure.e"].spec
    assert isinstance(spec, ExposureSpec)
    assert spec.path is not None
    assert [item.name for item in (spec.path, *spec.partition_by)] == ["exports/x", "a"]
    assert (spec.type, spec.format, spec.compression) == ("file", "csv", "zstd")
    assert [edge.ref for edge in manifest.nodes["exposure.e"].inputs] == ["source.orders"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("path: x.xlsx\nformat: xlsx\n", "exposure-format"), ("format: csv\n", "exposure-path")],
)
def test_an_export_that_cannot_be_written_is_an_error(text: str, code: str) -> None:
    manifest = node_with(f"kind: exposure\nname: e\ntype: file\ninputs: [source.orders]\n{text}")
    assert [p.code for p in manifest.problems] == [code]


@pytest.mark.parametrize(
    ("feature", "message"),
    [
        ("{name: a}", "a feature has one of `basic`, `rolling`, `ratio`, `since`"),
        ("{name: a, basic: [median]}", "cannot be the text `median`"),
        ("{name: a, rolling: [{window: [0], aggs: [sum]}]}", "more than 0"),
        ("{name: a, rolling: [{window: 7w, aggs: [sum]}]}", "is no number of days"),
        ("{name: a, rolling: [{aggs: [sum]}]}", "`features.0.rolling.0` needs `window`"),
        ("{name: a, since: [{aggs: [sum]}]}", "`features.0.since.0` needs `condition`"),
    ],
)
def test_a_feature_that_makes_no_sense_is_told_on_its_line(feature: str, message: str) -> None:
    text = (
        "kind: aggregation\nname: g\nid_col: i\nfeature_date_col: d\napplication_date_col: d\n"
        f"inputs: [source.orders]\nfeatures:\n  - {feature}\n"
    )
    found = only(node_with(text))
    assert message in found.message
    assert found.place.line == 8
