"""Where a problem is told: at the template, and at the text that it stands for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeknal_ci.manifest.shared import Shared
from seeknal_ci.manifest.templates.errors import TemplateError
from seeknal_ci.manifest.templates.filling import filled_sql
from seeknal_ci.manifest.templates.names import Names
from seeknal_ci.model.node import Node
from seeknal_ci.model.pieces import piece_at
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText, TrackedSpec
from tests.support.project import analysed
from tests.unit.manifest.templates.projects import HEAD, ORDERS, SHARED, problems

PLACE = Place("seeknal/t.yml", 1)


def test_a_missing_column_of_a_snippet_is_told_at_both_places() -> None:
    sql = "SELECT order_id\nFROM source.orders\nWHERE amount > 0 AND {{ rules.misspelt }}"

    [found] = problems(sql)

    assert (found.code, str(found.place)) == ("unknown-column", "seeknal/t.yml:8:24")
    assert str(found.related) == "seeknal/common/rules.yml:9:12"
    assert found.message.endswith(", in `{{ rules.misspelt }}` from seeknal/common/rules.yml:9:12")


def test_a_syntax_error_of_a_snippet_says_where_to_correct_it() -> None:
    [found] = problems("SELECT order_id FROM source.orders WHERE {{ rules.broken }}")

    assert (found.code, str(found.place)) == ("sql-syntax", "seeknal/t.yml:6:44")
    assert found.fix == "correct the SQL at seeknal/common/rules.yml:14:35"


def test_what_stands_behind_templates_is_told_where_it_is_written() -> None:
    sql = (
        "SELECT {{ orders.idCol }}, {{ transforms.total }} AS total, amoount\n"
        "FROM source.orders WHERE {{ rules.recent }} AND stattus = 1\n"
        "GROUP BY nobody"
    )

    found = {(p.message.split("`")[1], str(p.place)) for p in problems(sql)}

    assert found == {
        ("amoount", "seeknal/t.yml:6:63"),
        ("stattus", "seeknal/t.yml:7:51"),
        ("nobody", "seeknal/t.yml:8:12"),
    }


def test_lines_of_a_snippet_are_told_apart() -> None:
    rules = "rules:\n  - id: both\n    value: |\n      amount > 0\n        AND nobody = 1\n"

    [found] = problems("SELECT 1 AS x FROM source.orders WHERE {{ rules.both }}", rules=rules)

    assert str(found.place) == "seeknal/t.yml:6:42"
    assert str(found.related) == "seeknal/common/rules.yml:5:13"


def test_a_snippet_in_a_snippet_is_told_where_its_text_is() -> None:
    rules = (
        "rules:\n  - {id: outer, value: 'amount > 0 AND {{ rules.inner }}'}\n"
        "  - {id: inner, value: nobody = 1}\n"
    )

    [found] = problems("SELECT 1 AS x FROM source.orders WHERE {{ rules.outer }}", rules=rules)

    assert str(found.place) == "seeknal/t.yml:6:42"
    assert str(found.related) == "seeknal/common/rules.yml:3:24"
    assert "`{{ rules.inner }}`" in found.message


def test_an_unknown_template_in_a_snippet_is_told_at_both_places() -> None:
    rules = "rules:\n  - {id: outer, value: 'amount > {{ nobody }}'}\n"

    [found] = problems("SELECT 1 AS x FROM source.orders WHERE {{ rules.outer }}", rules=rules)

    assert (found.code, str(found.place)) == ("template-unknown", "seeknal/t.yml:6:42")
    assert str(found.related) == "seeknal/common/rules.yml:2:34"


def test_a_parameter_is_told_at_its_line() -> None:
    head = HEAD.replace("column: amount", "column: nobody")

    [found] = problems("SELECT {{ column }} AS x FROM source.orders", head)

    assert str(found.place) == "seeknal/t.yml:6:10"
    assert str(found.related) == "seeknal/t.yml:4:21"


def test_folded_text_has_the_place_of_its_field() -> None:
    head = HEAD.replace("transform: |", "transform: >")

    [found] = problems("SELECT order_id\nFROM source.orders\nWHERE {{ rules.misspelt }}", head)

    assert str(found.place) == "seeknal/t.yml:5:1"
    assert str(found.related) == "seeknal/common/rules.yml:9:12"


def test_line_ends_of_windows_move_nothing() -> None:
    sql = "  SELECT order_id\n  FROM source.orders\n  WHERE {{ rules.misspelt }}\n"
    files = {**SHARED, "seeknal/t.yml": HEAD + sql}
    analysis = analysed({path: text.replace("\n", "\r\n") for path, text in files.items()})

    [missing] = analysis.of("transform.t").missing

    assert str(missing.place) == "seeknal/t.yml:8:9"
    assert missing.place.inside is not None
    assert str(missing.place.inside.place) == "seeknal/common/rules.yml:9:12"


def test_a_condition_of_a_feature_is_told_at_both_places() -> None:
    daily = (
        "kind: aggregation\nname: daily\nid_col: order_id\nfeature_date_col: ordered_at\n"
        "application_date_col: ordered_at\ninputs: [{ref: source.orders}]\nfeatures:\n"
        "  - name: amount\n    since:\n      - condition: amount > 1 AND {{ rules.broken }}\n"
    )
    analysis = analysed({**SHARED, "seeknal/daily.yml": daily})

    query = analysis.query("aggregation.daily")

    place = getattr(query, "place", None)
    assert isinstance(place, Place)
    assert (place.path, place.line) == ("seeknal/daily.yml", 10)
    assert place.inside is not None
    assert place.inside.place.path == "seeknal/common/rules.yml"


def test_a_column_in_a_condition_of_a_feature_is_told_at_both_places() -> None:
    daily = (
        "kind: aggregation\nname: daily\nid_col: order_id\nfeature_date_col: ordered_at\n"
        "application_date_col: ordered_at\ninputs: [{ref: source.orders}]\nfeatures:\n"
        "  - name: amount\n    since:\n      - condition: amount > 1 AND {{ rules.misspelt }}\n"
    )
    analysis = analysed({**SHARED, "seeknal/daily.yml": daily})

    [missing] = analysis.of("aggregation.daily").missing

    assert str(missing.place) == "seeknal/daily.yml:10:35"
    assert missing.place.inside is not None
    assert str(missing.place.inside.place) == "seeknal/common/rules.yml:9:12"


@pytest.mark.parametrize("name", ["table", "inputs"])
def test_a_template_of_another_field_is_told_at_the_field(name: str) -> None:
    table = "'data/{{ nobody }}.csv'" if name == "table" else "a.csv"
    ref = "'{{ nobody }}'" if name == "inputs" else "source.orders"
    text = f"kind: source\nname: s\nsource: csv\ntable: {table}\ninputs: [{{ref: {ref}}}]\n"
    analysis = analysed({"seeknal/orders.yml": ORDERS, "seeknal/s.yml": text})

    [found] = analysis.manifest.errors

    assert (found.code, found.node) == ("template-unknown", "source.s")
    assert found.place.line == {"table": 4, "inputs": 5}[name]


NAMES = Names(Node("transform", "t", PLACE, TrackedSpec("a test")), Shared())


@settings(max_examples=300, derandomize=True)
@given(st.text(alphabet="ab '\"\n-/*$eE\\\\{}%#.,()", max_size=40).filter(lambda t: "{" not in t))
def test_text_without_templates_is_untouched(text: str) -> None:
    sql, symbols = filled_sql(SqlText(text, PLACE), NAMES)

    assert (sql.text, symbols) == (text, ())
    for line, words in enumerate(text.split("\n"), 1):
        for column in range(1, len(words) + 1):
            assert sql.place_of(line, column) == SqlText(text, PLACE).place_of(line, column)


@settings(max_examples=300, derandomize=True)
@given(st.lists(st.sampled_from(["xy", " ", "\n", "-- z\n", "{{ today }}", "{{ env:N }}"])))
def test_every_character_keeps_its_place(parts: list[str]) -> None:
    text = " ".join(parts)
    sql, symbols = filled_sql(SqlText(text, PLACE), NAMES)
    written = text.split("\n")

    kept = 0
    for line, words in enumerate(sql.text.split("\n"), 1):
        for column, character in enumerate(words, 1):
            place = sql.place_of(line, column)
            at = written[place.line - 1][(place.column or 0) - 1]
            if piece_at(sql.pieces, line, column).fixed:
                assert at == "{"
            else:
                assert at == character
                kept += 1
    templates = [part for part in parts if "{" in part]
    assert len(symbols) == len(templates)
    assert kept == len(text.replace("\n", "")) - sum(len(template) for template in templates)


PARTS = ("{{", "}}", "{%", "'", '"', "--", "/*", "*/", "$$", "$a$", "\n", " ", "x", "E'", "\\")


@settings(max_examples=500, derandomize=True)
@given(st.lists(st.sampled_from((*PARTS, "{{ today }}", "{{ env:N|' }}")), max_size=15))
def test_any_text_is_filled_in_or_refused_at_a_place_within_it(parts: list[str]) -> None:
    text = "".join(parts)
    lines = text.split("\n")
    try:
        sql, _ = filled_sql(SqlText(text, PLACE), NAMES)
        place = sql.place_of(sql.text.count("\n") + 1, 1)
    except TemplateError as error:
        place = error.place

    assert place.line <= len(lines)
    assert (place.column or 1) <= len(lines[place.line - 1]) + 1
