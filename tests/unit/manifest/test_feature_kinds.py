"""Aggregations of both orders, feature groups and profiles, as the YAML says them."""

from __future__ import annotations

import pytest

from seeknal_ci.commands.validate import all_problems
from seeknal_ci.model.features import (
    Compared,
    FeatureGroupSpec,
    ProfileSpec,
    SecondOrderSpec,
)
from seeknal_ci.model.spec import AggregationSpec, Rolling
from seeknal_ci.sql.references import Resolved
from tests.support.project import analysed

SOURCE = (
    "kind: source\nname: a\nsource: csv\ntable: a.csv\nschema:\n"
    "  - {name: k, data_type: integer}\n  - {name: d, data_type: date}\n"
    "  - {name: v, data_type: double}\n"
)
SECOND = (
    "kind: second_order_aggregation\nname: n\nid_col: k\nfeature_date_col: d\n"
    "source: source.a\nfeatures:\n"
)
GROUP = "kind: feature_group\nname: n\ninputs: [{ref: source.a}]\n"
PROFILE = "kind: profile\nname: n\ninputs: [{ref: source.a}]\n"


def told(text: str) -> list[tuple[str, str, str]]:
    """Code, line and column, and what is to be done, of everything wrong with the node."""
    analysis = analysed({"seeknal/a.yml": SOURCE, "seeknal/n.yml": text})
    return [
        (p.code, str(p.place).removeprefix("seeknal/n.yml:"), f"{p.message} | {p.fix}")
        for p in all_problems(analysis)
    ]


def second_order(features: str) -> SecondOrderSpec:
    analysis = analysed({"seeknal/a.yml": SOURCE, "seeknal/n.yml": SECOND + features})
    spec = analysis.manifest.nodes["second_order_aggregation.n"].spec
    assert isinstance(spec, SecondOrderSpec)
    return spec


def group(said: str) -> FeatureGroupSpec:
    analysis = analysed({"seeknal/a.yml": SOURCE, "seeknal/n.yml": GROUP + said})
    spec = analysis.manifest.nodes["feature_group.n"].spec
    assert isinstance(spec, FeatureGroupSpec)
    return spec


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        (SECOND + "  v: {basic: [sum, avrg]}\n", "invalid-field", "7:20", "is no aggregate"),
        (SECOND + "  v: {window: [7, 1], basic: sum}\n", "invalid-field", "7:7", "[1, 7]"),
        (SECOND + "  v: {window: [7], basic: sum}\n", "invalid-field", "7:7", "as in [1, 7]"),
        (SECOND + "  v: {window: [1, 7]}\n", "invalid-field", "7:3", "of which days"),
        (SECOND + "  v: {source_feature: v}\n", "invalid-field", "7:3", "a feature has one of"),
        (SECOND + "  v: {ratio: {numerator: [1, 7]}}\n", "invalid-field", "7:7", "denominator"),
        (SECOND + "  v: {percentile: [101]}\n", "invalid-field", "7:20", "at most 100"),
        (SECOND + "  v: {basic: sum, dleta: 7}\n", "unknown-field", "7:19", "`delta`"),
        (SECOND + "  v: {since: {condition: 'v >'}}\n", "sql-syntax", "7", "near `>`"),
        (SECOND + "  - {name: v, basic: [sum]}\n", "invalid-field", "6:1", "should be a mapping"),
        (SECOND + "  w: {basic: [sum]}\n", "unknown-column", "7:3", "`w`"),
        (
            SECOND + "  v: {since: [{condition: v > 1}, {condition: v > 2}]}\n",
            "duplicate-column",
            "6:1",
            "leave out one of the two features",
        ),
        (
            SECOND.replace("source: source.a\n", "") + "  v: {basic: sum}\n",
            "invalid-field",
            "1",
            "needs `source`",
        ),
        (
            SECOND.replace("source.a", "source.b") + "  v: {basic: sum}\n",
            "unknown-ref",
            "5:1",
            "did you mean source.a?",
        ),
        (
            SECOND + "  v: {basic: [sum]}\ncolumns: [k, v_SUM, v_sun]\n",
            "declared-column",
            "8:21",
            "did you mean `v_SUM`?",
        ),
        (PROFILE + "profile: {columns: [k, w]}\n", "unknown-column", "4:24", "`w`"),
        (PROFILE + "profile: {columns: [k, K]}\n", "invalid-field", "4:11", "`K` twice"),
        (
            PROFILE + "profile: {params: {max_top_values: 0}}\n",
            "invalid-field",
            "4:20",
            "at least 1",
        ),
        (PROFILE + "profile: {parms: {}}\n", "unknown-field", "4:11", "`params`"),
        ("kind: profile\nname: n\n", "one-input", "1", "has 0 inputs"),
        (GROUP, "invalid-field", "1", "needs `entity`"),
        (GROUP + "entity: {name: x, join_keys: [q]}\n", "unknown-column", "4:31", "`q`"),
        (GROUP + "entity: x\nfeatures: 3\n", "invalid-field", "5:1", "should be a mapping"),
        (GROUP + "entity: x\nfeatures: {vv: {dtype: int}}\n", "unknown-column", "5:12", "`v`?"),
        (GROUP + "entity: x\nfeatures:\n  - v\n  - w\n", "unknown-column", "7:5", "`w`"),
        (GROUP + "entity: x\nfeatures: {v: {dtype: int}}\n", "feature-type", "5:12", "double"),
        (GROUP + "entity: x\nfeatures: {v: {dtyp: int}}\n", "unknown-field", "5:16", "`dtype`"),
        (
            GROUP + "entity: x\nmaterialization: {event_time_col: at}\n",
            "unknown-column",
            "5:19",
            "`at`",
        ),
        (
            GROUP + "entity: x\ntransform: SELECT k FROM source.a\nfeatures: [v]\n",
            "unknown-column",
            "6:12",
            "is no column of feature_group.n",
        ),
        (
            "kind: aggregation\nname: n\nid_col: k\nfeature_date_col: e\n"
            "application_date_col: d\nsource: source.a\nfeatures: [{name: v, basic: [sum]}]\n",
            "unknown-column",
            "4:1",
            "`e`",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_where_it_stands(
    text: str, code: str, place: str, words: str
) -> None:
    ((found, where, said),) = told(text)
    assert (found, where) == (code, place)
    assert words in said


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[sum, MEAN]", ("sum", "mean")),
        ("std", ("std",)),
        ("[percentile_95, percentile_99_5]", ("percentile_95", "percentile_99_5")),
    ],
)
def test_aggregates_are_read_in_each_of_their_forms(written: str, expected: object) -> None:
    (feature,) = second_order(f"  v: {{basic: {written}}}\n").features
    assert feature.aggregates == expected


def test_days_and_percents_are_read_in_each_of_their_forms() -> None:
    (feature,) = second_order(
        "  v:\n    percentile: [0.5, 95, 99.9, 1]\n    window: ['1d', 7]\n    delta: 7d\n"
        "    ratio: {numerator: [0, 6], denominator: [7, 13]}\n"
    ).features
    assert feature.aggregates == (
        "percentile_50",
        "percentile_95",
        "percentile_99_9",
        "percentile_1",
    )
    assert feature.window == (1, 7)
    assert feature.deltas == (Compared((1, 7), (8, 14), ("sum",)),)
    assert feature.ratios == (Compared((0, 6), (7, 13), ("sum",)),)


def test_rolling_windows_are_read_in_both_of_their_spellings() -> None:
    head = (
        "kind: aggregation\nname: n\nid_col: k\nfeature_date_col: d\napplication_date_col: d\n"
        "inputs: [{ref: source.a}]\nfeatures:\n  - name: v\n    rolling:\n"
    )
    for rolling in ("[{window: [7, 30], aggs: [sum]}]", "[{window: [7d, 30d], functions: sum}]"):
        analysis = analysed({"seeknal/a.yml": SOURCE, "seeknal/n.yml": f"{head}      {rolling}\n"})
        spec = analysis.manifest.nodes["aggregation.n"].spec
        assert isinstance(spec, AggregationSpec)
        assert spec.features[0].rolling == (Rolling(7, ("sum",)), Rolling(30, ("sum",)))


def test_the_source_of_an_aggregation_is_an_input_and_may_be_named_twice() -> None:
    said = SECOND + "  v: {basic: [sum]}\ninputs: [{ref: source.a}]\n"
    analysis = analysed({"seeknal/a.yml": SOURCE, "seeknal/n.yml": said})
    assert analysis.manifest.upstream["second_order_aggregation.n"] == ("source.a",)
    assert analysis.manifest.problems == ()


@pytest.mark.parametrize(
    "features",
    [
        "{k: {dtype: int}, v: {dtype: float, description: Words}}",
        "{k: {data_type: integer}, v: {type: double}}",
        "[{name: k, dtype: int64}, {name: v, dtype: float64}]",
    ],
)
def test_features_of_a_group_are_read_in_each_of_their_forms(features: str) -> None:
    found = group(f"entity: x\nfeatures: {features}\n").features
    assert [feature.name.name for feature in found] == ["k", "v"]
    assert [feature.type for feature in found][1] == "DOUBLE"
    assert told(f"{GROUP}entity: x\nfeatures: {features}\n") == []


def test_a_type_is_of_a_kind_of_value_and_not_of_a_width() -> None:
    said = "entity: x\nfeatures: {k: {dtype: int64}, v: {dtype: float32}, d: {dtype: date}}\n"
    assert told(GROUP + said) == []


def test_a_group_is_its_own_query_or_its_first_input() -> None:
    assert group("entity: x\n").sql is None
    assert group("entity: x\nfeatures: null\n").features == ()
    sql = group("entity: x\nsql: SELECT k FROM source.a\n").sql
    assert sql is not None
    assert sql.text == "SELECT k FROM source.a"


@pytest.mark.parametrize(
    ("query", "reads"),
    [
        ("SELECT k FROM source", ["source.a"]),
        ("SELECT s.k FROM source AS s", ["source.a"]),
        ("SELECT source.k FROM source", ["source.a"]),
        ("SELECT k FROM input_0", ["source.a"]),
        ("SELECT k FROM __THIS__", ["source.a"]),
        ("SELECT k FROM ref('source.a')", ["source.a"]),
        ("WITH source AS (SELECT k FROM source.a) SELECT k FROM source", ["source.a"]),
    ],
)
def test_the_query_of_a_group_names_its_input_as_seeknal_does(query: str, reads: list[str]) -> None:
    text = f'{GROUP}entity: x\ntransform: "{query}"\n'
    analysis = analysed({"seeknal/a.yml": SOURCE, "seeknal/n.yml": text})
    found = analysis.query("feature_group.n")
    assert isinstance(found, Resolved), found
    assert [node for node, _ in found.reads] == reads
    assert analysis.of("feature_group.n").types == {"k": "INTEGER"}


def test_inputs_that_a_group_does_not_read_are_a_warning() -> None:
    text = GROUP.replace("[{ref: source.a}]", "[{ref: source.a}, {ref: source.b}]")
    other = SOURCE.replace("name: a", "name: b", 1)
    files = {"seeknal/a.yml": SOURCE, "seeknal/b.yml": other, "seeknal/n.yml": f"{text}entity: x\n"}
    analysis = analysed(files)
    assert [(p.code, p.place.line) for p in analysis.manifest.problems] == [("input-unread", 3)]
    assert list(analysis.of("feature_group.n").types) == ["k", "d", "v"]


def test_a_profile_needs_nothing_but_its_input() -> None:
    for text in (PROFILE, f"{PROFILE}profile:\n", f"{PROFILE}profile: {{columns: []}}\n"):
        analysis = analysed({"seeknal/a.yml": SOURCE, "seeknal/n.yml": text})
        assert analysis.manifest.problems == ()
        assert analysis.manifest.nodes["profile.n"].spec == ProfileSpec()
