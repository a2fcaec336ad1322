"""A node in Python whose code, or code that it imports, does other things than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seeknal_ci.classify.context import Context, Rule, different, listed
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.report import ChangeKind, Finding
from seeknal_ci.model.spec import Json, PythonSpec


def check(context: Context) -> Iterator[Finding]:
    """One finding for the node's own code, and one for that of the project's files it imports."""
    if context.change.kind is not ChangeKind.MODIFIED or context.both is None:
        return
    before, after = context.both
    if not isinstance(before.spec, PythonSpec) or not isinstance(after.spec, PythonSpec):
        return
    files = different(_modules(before), _modules(after))
    told = [f"Changed what it imports from {listed(files)}"] if files else []
    if before.spec.code != after.spec.code:
        told.insert(0, "Changed its Python code")
    declared = before.spec.columns is not None and after.spec.columns is not None
    may = "rows may differ" if declared else "its columns cannot be analysed, and rows may differ"
    for what in told:
        yield Finding(
            RULE.id,
            RULE.category,
            f"{what}; {may}",
            fix="compare the node's rows and columns after its next run"
            if declared
            else "declare `columns=` in the decorator, and compare the rows after its next run",
            place=after.place_of("code"),
        )


def _modules(node: Node) -> Mapping[str, Json]:
    modules = node.definition.get("modules")
    return modules if isinstance(modules, dict) else {}


RULE = Rule("code-changed", Category.NON_BREAKING, check)
