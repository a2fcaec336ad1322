"""A query that changed and whose columns cannot be told: one of them may be gone."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.classify.context import Context, Rule
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import ExposureSpec, PythonSpec, TrackedSpec
from seeknal_ci.model.tracked import TableSpec
from seeknal_ci.sql.errors import SqlError


def check(context: Context) -> Iterator[Finding]:
    """One finding where the columns of either side are unknown and the definition changed."""
    if context.change.kind is not ChangeKind.MODIFIED or context.columns_known:
        return
    if context.same_definition or not _had_columns(context):
        return
    known = context.known_after if context.known_after.columns is None else context.known_before
    side = "head" if known is context.known_after else "base"
    fix = "declare a `schema:` on the sources that it reads, or name the columns in its SELECT"
    if isinstance(context.head.query(context.node.id), SqlError):
        fix = "correct the query, which cannot be read"
    elif isinstance(context.node.spec, PythonSpec):
        fix = "declare `columns=` in the decorator"
    yield Finding(
        RULE.id,
        RULE.category,
        f"The columns in {side} are unknown, so one may be gone: {known.unknown}",
        fix=fix,
        place=context.place_of_column(""),
    )


def _had_columns(context: Context) -> bool:
    """False for a node that is not executed, unless it is a table or had columns to lose, and for
    an exposure that has no columns of its own.
    """
    spec = context.node.spec
    if isinstance(spec, ExposureSpec) and spec.type != "file":
        return False
    if isinstance(spec, TrackedSpec) and not isinstance(spec, TableSpec):
        return context.known_before.columns is not None
    return True


RULE = Rule("columns-unknown", Category.BREAKING, check)
