"""What a changed part of a query does to the rows, in the words of the change."""

from __future__ import annotations

import re
from collections.abc import Collection

from seeknal_ci.classify.context import shortened
from seeknal_ci.sql.analysed import Clause

# What goes by the columns that the query puts out, without a mention of them.
BY_OUTPUTS = frozenset({"ALL", "DISTINCT"})
# With one of these, a row less before it may be a row more, or another value, behind it.
UNSTEADY = frozenset(
    {"aggregate", "distinct", "group by", "limit", "offset", "qualify", "sample", "set operation"}
)
CHOOSING = frozenset({"distinct", "limit", "offset", "sample"})
JOIN = re.compile(r"(?P<kind>[A-Z ]*?) ?JOIN (?P<table>.*?)(?P<on> (?:ON|USING) .*)?")
LEFT, RIGHT = frozenset({"LEFT", "FULL"}), frozenset({"RIGHT", "FULL"})

Terms = list[str]


def row_words(
    part: str, old: Clause | None, new: Clause | None, around: Collection[str] | None
) -> str:
    """One sentence: what may differ, and from what to what the part changed.

    `around` are all parts that either query has; None if another of them changed too.
    """
    was = dict(old.terms) if old else {}
    now = dict(new.terms) if new else {}
    gone = [*dict.fromkeys(words for text, words in was.items() if text not in now)]
    came = [*dict.fromkeys(words for text, words in now.items() if text not in was)]
    if old and new and {*gone, *came} <= BY_OUTPUTS:
        return f"Rows may differ; {part}: by other columns, as the outputs changed"
    if part == "set operation":
        gone, came = ([w for w in words if w not in BY_OUTPUTS] for words in (gone, came))
    if part == "unnest" and gone == came:
        return f"Rows may differ; unnest: {_joined(came)} of something else"
    if part == "with" or gone == came:
        return f"Rows may differ; {part}: a step of the query changed"
    steady = around is not None and UNSTEADY.isdisjoint(around)
    if part == "join" and len(gone) == len(came) == 1:
        return _join(gone[0], came[0], steady)
    effect = _effect(part, gone, came, around)
    return f"{effect}; {part}: {_joined(gone)} → {_joined(came)}"


def _effect(part: str, gone: Terms, came: Terms, around: Collection[str] | None) -> str:
    if around is None:
        return "Rows may differ"
    if part == "order by" and CHOOSING.isdisjoint(around):
        return "Rows may come in another order"
    is_steady = UNSTEADY.isdisjoint({*around} - {part})
    if part in ("filter", "distinct") and is_steady and not (gone and came):
        return "There may be fewer rows" if came else "There may be more rows"
    return "Rows may differ"


def _join(old: str, new: str, is_steady: bool) -> str:
    was, now = JOIN.fullmatch(old), JOIN.fullmatch(new)
    if was is None or now is None or was["table"] != now["table"]:
        return f"Rows may differ; join: {shortened(old)} → {shortened(new)}"
    before, after = (_side(match["kind"]) for match in (was, now))
    table = shortened(now["table"], 60)
    if before == after:
        old_on, new_on = ((m["on"] or " none").strip() for m in (was, now))
        return f"Rows may differ; join of {table}: {shortened(old_on)} → {shortened(new_on)}"
    effect = "Rows may differ"
    if before.startswith("NATURAL ") and after.startswith("NATURAL "):
        before, after = (side.removeprefix("NATURAL ") for side in (before, after))
    if was["on"] == now["on"] and {before, after} <= {"INNER", *LEFT, *RIGHT}:
        effect = _kept(before, after, table, is_steady)
    on = "" if was["on"] == now["on"] else f", {(now['on'] or 'without ON').strip()}"
    return f"{effect}; join: {before} → {after} of {table}{on}"


def _side(kind: str) -> str:
    side = kind.removesuffix(" OUTER")
    return f"{side} INNER".strip() if side in ("", "NATURAL") else side


def _kept(before: str, after: str, table: str, is_steady: bool) -> str:
    """What may differ if a join keeps other rows that have no partner."""
    more = [kept for kept in (LEFT, RIGHT) if after in kept and before not in kept]
    less = [kept for kept in (LEFT, RIGHT) if before in kept and after not in kept]
    rows = "Rows may differ"
    if is_steady and not (more and less):
        rows = "There may be more rows" if more else "There may be fewer rows"
    if LEFT in more and RIGHT in more:
        return f"{rows}, and columns of both sides may be NULL"
    if LEFT in more:
        return f"{rows}, and columns of {table} may be NULL"
    if RIGHT in more:
        return f"{rows}, and columns of all but {table} may be NULL"
    return rows


def _joined(terms: Terms) -> str:
    return shortened(", ".join(terms)) if terms else "none"
