"""Schemas of environments: no two share one, whatever the branches are called."""

from __future__ import annotations

import os
import re
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.naming import MAX_BYTES, RESERVED, schema_name

QUICK = settings(
    max_examples=20_000 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 500,
    derandomize=True,
    deadline=None,
    database=None,
)
PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
HOSTILE = (
    "feature/x",
    "feature-x",
    "feature_x",
    "Feature_X",
    "feature_x_",
    "_feature_x",
    "feature__x",
    "feat/$(touch F)",
    'x"; DROP SCHEMA prod; --',
    "prod",
    "Prod",
    "PROD",
    "pr/od",
    "public",
    "main",
    "temp",
    "PG",
    "pg_temp",
    "PG_catalog",
    "information_schema",
    "seeknal_ci",
    "seeknal_ci_builds",
    "42",
    "env_42",
    "größe",
    "gro\u0308ße",
    "GRÖSSE",
    "ветка",
    "分支",
    "\uff44\uff45\uff56",
    "İ",
    "i",
    "\u0131",
    "\u212a",  # the sign of kelvin, which is a k in lower case
    "k",
    "a\u200bb",
    "a b",
    "a\u00a0b",
    "x" * MAX_BYTES,
    "x" * (MAX_BYTES + 1),
    "x" * (MAX_BYTES - 1) + "X",
    "X" * MAX_BYTES,
    "é" * 31 + "e",
    "é" * 32,
)
WORDS = st.sampled_from((*HOSTILE, "a", "_", "-", "/", "__", "0", "deadbeef", "__deadbeef", "É"))
NAMES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(min_size=1, max_size=80),
    st.lists(WORDS, min_size=1, max_size=6).map("".join),
)


def schema_of(name: str) -> str:
    """The schema of an environment, of names that have one."""
    assume(any(character.isalnum() for character in name))
    assume(not re.search("[\0\ud800-\udfff]", name))
    return schema_name(name, "prod")


@QUICK
@given(NAMES)
def test_a_schema_is_a_plain_name_that_every_database_keeps_whole(name: str) -> None:
    schema = schema_of(name)

    assert PLAIN.fullmatch(schema)
    assert len(schema.encode()) <= MAX_BYTES
    assert (schema == "prod") == (name == "prod")
    assert schema not in RESERVED
    assert not schema.startswith("pg_")


@QUICK
@given(st.lists(NAMES, min_size=2, max_size=8, unique=True))
def test_no_two_environments_share_a_schema(names: list[str]) -> None:
    assert len({schema_of(name) for name in names}) == len(names)


@QUICK
@given(NAMES)
def test_twins_of_a_name_have_schemas_of_their_own(name: str) -> None:
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    twins = {name, *forms, name.upper(), name.lower(), name.title(), f"{name}_", name + "x" * 63}

    assert len({schema_of(twin) for twin in twins}) == len(twins)


@QUICK
@given(NAMES)
def test_the_name_of_another_environments_schema_is_taken(name: str) -> None:
    schema = schema_of(name)
    assume(schema != name)

    assert schema_name(schema, "prod") != schema


def test_hostile_names_all_have_their_own() -> None:
    assert len({schema_name(name, "prod") for name in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("name", ["dev", "pr_42", "staging_2", "x" * MAX_BYTES, "release_20240101"])
def test_a_plain_name_is_its_own_schema(name: str) -> None:
    assert schema_name(name, "prod") == name


@pytest.mark.parametrize("name", ["-", "///", "_", "a\0b", "a\udc80b", "\ud800"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(SeeknalCiError) as caught:
        schema_name(name, "prod")
    assert "choose a name" in caught.value.fix
