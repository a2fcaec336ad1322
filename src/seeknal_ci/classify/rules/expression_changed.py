"""A column with the same name and type that is computed in another way: values may differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seeknal_ci.classify.context import Context, Rule, listed, shortened
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.lineage import Lineages
from seeknal_ci.model.category import Category
from seeknal_ci.model.lineage import Output
from seeknal_ci.model.report import Finding
from seeknal_ci.model.spec import ExposureSpec, TransformSpec
from seeknal_ci.sql.references import Resolved
from seeknal_ci.sql.words import own_words

# Columns whose expressions are shown; the others are named.
SHOWN = 3


def check(context: Context) -> Iterator[Finding]:
    """One finding for all columns whose expressions mean something else."""
    if isinstance(context.node.spec, ExposureSpec):
        return
    old, new = context.known_before.expressions, context.known_after.expressions
    before = {name.lower(): context.renamed(text) for name, text in old.items()}
    after = {name.lower(): text for name, text in new.items()}
    changed = tuple(
        name
        for name in context.shared_columns
        if name in before and name in after and before[name] != after[name]
    )
    if not changed:
        return
    yield Finding(
        RULE.id,
        RULE.category,
        f"Values of {listed(changed)} may differ{_how(context, changed)}",
        fix="compare the values in the branch's environment before the merge",
        place=context.place_of_column(changed[0]),
        columns=changed,
    )


def _how(context: Context, columns: tuple[str, ...]) -> str:
    """What the first columns were computed from and what they are now, as the project has it."""
    if context.both is None:
        return ""
    sides = list(zip((context.base, context.head), context.both, strict=True))
    traced: list[Mapping[str, Output]] = []
    told = []
    limit = 120 if len(columns) == 1 else 60
    for column in columns[:SHOWN]:
        was, now = (_own(side, node.id, column) for side, node in sides)
        if was == now or "" in (was, now):  # it differs further down, or comes by a star
            traced = traced or [_outputs(side, node.id) for side, node in sides]
            was, now = _words(traced[0].get(column), traced[1].get(column))
        if was != now:
            name = "" if len(columns) == 1 else f"`{column}`: "
            told.append(f"{name}{shortened(was, limit)} → {shortened(now, limit)}")
    return f"; {'; '.join(told)}" if told else ": computed in another way"


def _own(side: Analysis, node_id: str, column: str) -> str:
    query = side.query(node_id)
    if not isinstance(query, Resolved) or not isinstance(
        side.manifest.nodes[node_id].spec, TransformSpec
    ):
        return ""
    return own_words(query, side.dialect, column) or ""


def _outputs(side: Analysis, node_id: str) -> Mapping[str, Output]:
    return {output.name.lower(): output for output in Lineages(side).of(node_id).outputs}


def _words(old: Output | None, new: Output | None) -> tuple[str, str]:
    """Both expressions; those of the first step on the way that differ, if these are the same."""
    if old is None or new is None:
        return "", ""
    if old.expression != new.expression:
        return old.expression, new.expression
    for step, other in zip(old.steps, new.steps, strict=False):
        if step.expression != other.expression:
            return step.expression, other.expression
    return "", ""


RULE = Rule("expression-changed", Category.NON_BREAKING, check)
