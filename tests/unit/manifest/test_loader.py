"""Files to nodes: what is one, what is not, and that nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import Column, ExposureSpec, SourceSpec, TransformSpec
from tests.support.project import MemoryTree, ecommerce

SOURCE = "kind: source\nname: orders\nsource: csv\ntable: data/orders.csv\n"
CLEAN = (
    "kind: transform\nname: clean\ninputs: [{ref: source.orders}]\n"
    "transform: SELECT * FROM source.orders\n"
)


def load(files: Mapping[str, str | bytes], project: str = "", **links: list[str]) -> Manifest:
    return load_manifest(MemoryTree(files, links=links.get("links", ())), project)


def only(manifest: Manifest) -> Problem:
    (found,) = manifest.problems
    return found


def node_with(text: str) -> Manifest:
    return load({"seeknal/orders.yml": SOURCE, "seeknal/a.yml": text})


def told(manifest: Manifest) -> list[tuple[str, int]]:
    return [(p.code, p.place.line) for p in manifest.problems]


def test_the_sample_project_has_eight_nodes_and_no_problem() -> None:
    manifest = load(ecommerce())
    assert len(manifest.nodes) == 8
    assert manifest.problems == ()
    assert list(manifest.nodes) == sorted(manifest.nodes)


def test_an_id_is_of_kind_and_name_and_never_of_the_path() -> None:
    manifest = load({"seeknal/deep/folder/whatever.yml": SOURCE})
    assert list(manifest.nodes) == ["source.orders"]
    assert manifest.nodes["source.orders"].place.path == "seeknal/deep/folder/whatever.yml"


def test_a_file_without_kind_is_no_node() -> None:
    files = {
        "seeknal/tests/pairs.yml": "question: how many?\nsql: SELECT 1\n",
        "seeknal/list.yml": "- kind\n- name\n",
        "seeknal/words.yml": "just words\n",
        "seeknal/empty.yml": "",
        "seeknal/readme.md": "kind: source\n",
    }
    manifest = load(files)
    assert manifest.nodes == {}
    assert manifest.problems == ()


def test_shared_snippets_are_no_nodes() -> None:
    manifest = load({"seeknal/common/rules.yml": SOURCE, "seeknal/common/deep/x.yml": SOURCE})
    assert manifest.nodes == {}


def test_a_folder_that_is_named_common_further_down_is_one_like_any_other() -> None:
    assert list(load({"seeknal/shop/common/x.yml": SOURCE}).nodes) == ["source.orders"]


def test_files_outside_the_pipeline_s_folder_are_not_looked_at() -> None:
    manifest = load({"orders.yml": SOURCE, "other/seeknal/orders.yml": "kind: nonsense\n"})
    assert manifest.nodes == {}
    assert manifest.problems == ()


def test_a_project_may_lie_in_a_folder_of_the_repository() -> None:
    files = {"a/seeknal/orders.yml": SOURCE, "b/seeknal/clean.yml": CLEAN}
    assert list(load(files, "a").nodes) == ["source.orders"]


def test_a_file_may_hold_several_nodes() -> None:
    manifest = load({"seeknal/all.yml": f"---\n{SOURCE}---\nquestion: 1\n---\n{CLEAN}"})
    assert list(manifest.nodes) == ["source.orders", "transform.clean"]
    assert manifest.nodes["transform.clean"].place.line == 9


def test_a_yaml_node_is_read_with_a_warning() -> None:
    manifest = load({"seeknal/orders.yaml": SOURCE, "seeknal/other.yaml": "a: 1\n"})
    assert list(manifest.nodes) == ["source.orders"]
    assert only(manifest).severity is Severity.WARNING
    assert only(manifest).code == "yaml-extension"


def test_links_are_reported_and_not_followed() -> None:
    manifest = load({"seeknal/orders.yml": SOURCE}, links=["seeknal/link.yml", "other/link.yml"])
    assert only(manifest).code == "link"
    assert only(manifest).place.path == "seeknal/link.yml"
    assert only(manifest).severity is Severity.WARNING


PYTHON_NODES = [
    "@source(name='a')\ndef a(ctx): ...\n",
    "from seeknal import transform\n\n\n@transform\ndef a(ctx): ...\n",
    "import seeknal\n\n@seeknal.pipeline.feature_group(name='a')\ndef a(ctx): ...\n",
    "from seeknal.pipeline import materialize as m\n\n@m(name='a')\ndef a(): ...\n",
    "def outer():\n    @second_order_aggregation(name='a')\n    def inner(ctx): ...\n",
    "@source\nclass A: ...\n",
]


@pytest.mark.parametrize("content", PYTHON_NODES)
def test_a_node_in_python_is_an_error_on_its_line(content: str) -> None:
    found = only(load({"seeknal/nodes/a.py": content}))
    assert found.code == "python-node"
    assert found.place.line == content[: content.index("@")].count("\n") + 1


def test_python_that_cannot_be_read_may_define_a_node_and_is_an_error() -> None:
    assert told(load({"seeknal/a.py": "@transform\ndef a(:\n"})) == [("python-syntax", 2)]
    assert only(load({"seeknal/a.py": "@x\0"})).code == "python-syntax"


@pytest.mark.parametrize(
    "path",
    [
        "seeknal/common/a.py",
        "seeknal/templates/a.py",
        "seeknal/x/templates/y/a.py",
        "seeknal/_a.py",
        "seeknal/x/__init__.py",
    ],
)
def test_python_files_that_seeknal_does_not_load_are_not_looked_at(path: str) -> None:
    assert load({path: PYTHON_NODES[0]}).problems == ()


def test_a_folder_whose_name_only_ends_in_templates_is_looked_at() -> None:
    assert only(load({"seeknal/my_templates/a.py": PYTHON_NODES[0]})).code == "python-node"


@pytest.mark.parametrize(
    "content",
    [
        "import dataclasses\n\n@dataclasses.dataclass\nclass A: ...\n",
        '"""Use @transform to make a node."""\n',
        "x = 1  # @transform\n",
        "@property\ndef a(self): ...\n",
        "broken python without the sign\n",
    ],
)
def test_python_that_defines_no_node_is_no_problem(content: str) -> None:
    assert load({"seeknal/a.py": content}).problems == ()


def test_an_unknown_kind_is_an_error_with_the_nearest_one() -> None:
    found = only(load({"seeknal/a.yml": "name: a\nkind: transfrom\n"}))
    assert (found.code, found.place.line) == ("unknown-kind", 2)
    assert found.message == "`transfrom` is no kind of node"
    assert found.fix == "write `kind: transform`"


@pytest.mark.parametrize("kind", ["", "[source]", "{a: 1}", "12", "true", "Source"])
def test_a_kind_that_is_no_kind_is_an_error(kind: str) -> None:
    assert only(load({"seeknal/a.yml": f"kind: {kind}\nname: a\n"})).code == "unknown-kind"


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
        ("kind: transform\nname: [a]\ntransform: SELECT 1\n", 2, "`name` is not as it should be"),
        ("kind: transform\nname: a\ntransform: [x]\n", 3, "`transform` is not as it should be"),
        ("kind: transform\nname: a\ntransform: ''\n", 3, "`transform` is not as it should be"),
        ("kind: transform\nname: ''\ntransform: SELECT 1\n", 2, "`name` is not as it should be"),
        ("kind: transform\nname: ' '\ntransform: SELECT 1\n", 2, "space at its ends"),
        ('kind: transform\nname: "a\\tb"\ntransform: SELECT 1\n', 2, "no control characters"),
        (f"kind: transform\nname: {'a' * 300}\ntransform: SELECT 1\n", 2, "at most 200"),
        ("kind: transform\nname: a\ntransform: x\nactive: maybe\n", 4, "`active` is not as it"),
        ("kind: transform\nname: a\ntransform: x\ninputs: [7]\n", 4, "`inputs.0"),
        ("kind: transform\nname: a\ntransform: x\ninputs:\n  - {to: b}\n", 5, "`inputs.0.ref`"),
        ("kind: source\nname: a\nsource: csv\ntable: t\nschema: {a: b}\n", 5, "`schema` is not"),
        ("kind: source\nname: a\nsource: csv\ntable: t\nschema:\n  - name\n", 6, "`schema.0` is"),
        ("kind: exposure\nname: a\ntype: file\nparams: [x]\n", 4, "`params` is not as it should"),
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


@pytest.mark.parametrize("kind", ["feature_group", "rule", "metric", "semantic_model", "model"])
def test_a_kind_that_is_not_executed_is_a_node_all_the_same(kind: str) -> None:
    manifest = load({"seeknal/a.yml": f"kind: {kind}\nname: a\nanything: [1, {{b: c}}]\n"})
    assert list(manifest.nodes) == [f"{kind}.a"]
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
    assert str(edge.place) == "seeknal/a.yml:5"


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
        ("{name: a, basic: [median]}", "input should be 'count'"),
        ("{name: a, rolling: [{window: [0], aggs: [sum]}]}", "greater than 0"),
        ("{name: a, rolling: [{window: 7w, aggs: [sum]}]}", "valid integer"),
        ("{name: a, rolling: [{aggs: [sum]}]}", "needs `features.0.rolling.0.window`"),
        ("{name: a, since: [{aggs: [sum]}]}", "needs `features.0.since.0.condition`"),
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


def test_data_files_of_a_source_are_those_of_the_tree() -> None:
    files: dict[str, str | bytes] = {
        "p/seeknal/orders.yml": SOURCE.replace("data/orders.csv", "data/**/o*.csv"),
        "p/data/orders.csv": "a\n",
        "p/data/2024/orders.csv": "b\n",
        "p/data/2024/other.json": "{}\n",
        "p/data/2024/customers.csv": "c\n",
        "data/orders.csv": "d\n",
    }
    manifest = load(files, "p")
    assert [file.path for file in manifest.nodes["source.orders"].data] == [
        "p/data/2024/orders.csv",
        "p/data/orders.csv",
    ]


@pytest.mark.parametrize("table", ["../secret.csv", "/etc/passwd", "shop.orders", "data/[", "*"])
def test_what_is_no_file_of_the_project_is_no_data(table: str) -> None:
    files = {"p/seeknal/orders.yml": SOURCE.replace("data/orders.csv", f"'{table}'")}
    manifest = load({**files, "secret.csv": "x\n", "p/data/x.csv": "y\n"}, "p")
    assert manifest.nodes["source.orders"].data == ()
