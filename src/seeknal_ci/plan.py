"""What apply will do: which nodes are built, which builds are used again, and why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from seeknal_ci.model.category import Category
from seeknal_ci.model.checks import RuleSpec
from seeknal_ci.model.graph import levels, topological_order
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.plan import Action, Plan, Step
from seeknal_ci.model.report import Report
from seeknal_ci.model.run import SkipReason
from seeknal_ci.model.spec import REMOTE, ExposureSpec, SourceSpec, TrackedSpec

BuildIds = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Held:
    """What the warehouse already has; empty where there is none, or none could be reached."""

    builds: Collection[str] = ()
    # Why a build among them is used again.
    because: str = "built before"
    # What the environment shows now, so that nodes which are gone can be dropped from it.
    shown: Collection[str] = ()
    # Exposures and the build ids from which they were written, for this environment or, where
    # the environment would only write the same again, for production.
    delivered: Collection[tuple[str, str]] = ()


def make_plan(
    manifest: Manifest,
    ids: BuildIds,
    held: Held,
    report: Report,
    environment: str,
    schema: str,
    commit: str | None,
    notes: tuple[str, ...] = (),
) -> Plan:
    """A step for every node of the manifest and for every node that the environment must lose.

    Raises graphlib.CycleError for a manifest with a circle; callers refuse its errors first.
    """
    depth = levels(manifest.upstream)
    reasons = _reasons(report)
    told = {c.change.node.id for c in report.changes if c.category is Category.METADATA}
    steps = []
    for node_id in topological_order(manifest.upstream):
        node = manifest.nodes[node_id]
        inputs = tuple(sorted(manifest.upstream[node_id]))
        skip = _skip(node, ids)
        if skip is None:
            action, reason = _action(node, ids, held, reasons)
            reused = action is Action.REUSE and node_id in told
            why = SkipReason.METADATA_ONLY if reused else None
            step = Step(node_id, action, reason, ids[node_id], inputs, depth[node_id], why)
        else:
            why, text = skip
            step = Step(node_id, Action.SKIP, text, ids[node_id], inputs, depth[node_id], why)
        steps.append(step)
    steps += [
        Step(node_id, Action.DROP, "the project no longer has it", None)
        for node_id in sorted(set(held.shown) - manifest.nodes.keys())
    ]
    return Plan(
        environment=environment,
        schema=schema,
        commit=commit,
        dirty=report.head.dirty,
        digest=plan_digest(ids),
        steps=tuple(steps),
        report=report,
        notes=notes,
    )


def plan_digest(ids: BuildIds) -> str:
    """A hash of what the environment will show: equal digests, equal rows in every node."""
    text = json.dumps(sorted(ids.items()), separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _skip(node: Node, ids: BuildIds) -> tuple[SkipReason, str] | None:
    """Why a node is not for apply to build; None if it is."""
    if not node.active:
        kept = "its last build stays" if ids[node.id] else "it has no build yet"
        return SkipReason.INACTIVE, f"switched off; {kept}"
    if isinstance(node.spec, RuleSpec):
        return _rule(node, node.spec, ids)
    if isinstance(node.spec, TrackedSpec):
        return SkipReason.NOT_EXECUTED, node.spec.reason
    if isinstance(node.spec, SourceSpec) and not node.spec.loaded:
        return SkipReason.NOT_EXECUTED, f"a source of type {node.spec.type} is not loaded"
    if isinstance(node.spec, SourceSpec) and node.spec.type in REMOTE and ids[node.id] is None:
        where = "name its database in `connections:` of seeknal-ci.yml"
        return SkipReason.NOT_EXECUTED, f"a source of type {node.spec.type} is not loaded: {where}"
    if isinstance(node.spec, ExposureSpec) and node.spec.type != "file":
        reason = f"an exposure of type {node.spec.type} is not run by seeknal-ci"
        return SkipReason.NOT_EXECUTED, reason
    if ids[node.id] is None:
        return SkipReason.NOT_EXECUTED, "it reads a node that has no rows"
    return None


def _rule(node: Node, spec: RuleSpec, ids: BuildIds) -> tuple[SkipReason, str]:
    """A rule has no step of its own: its checks are asked when its inputs are built."""
    if not spec.asked:
        return SkipReason.NOT_EXECUTED, "a rule of type custom runs code, which is not run"
    if not node.inputs:
        return SkipReason.NOT_EXECUTED, "it names no inputs, so there is nothing to check"
    if any(ids.get(edge.ref) is None for edge in node.inputs):
        return SkipReason.NOT_EXECUTED, "it checks a node that has no rows"
    some = "" if len(spec.asked) == len(spec.checks) else ", but for those of type custom"
    return SkipReason.CHECKED, f"its checks are asked before anything is shown{some}"


def _action(
    node: Node, ids: BuildIds, held: Held, reasons: Mapping[str, str]
) -> tuple[Action, str]:
    if isinstance(node.spec, ExposureSpec):
        same = (node.id, ids[node.id]) in held.delivered
    else:
        same = ids[node.id] in held.builds
    if same:
        return Action.REUSE, held.because
    return Action.BUILD, reasons.get(node.id, "not built yet")


def _reasons(report: Report) -> dict[str, str]:
    """Node id to why the comparison says that it changes."""
    reasons = {d.node.id: d.message for d in report.downstream}
    for change in report.changes:
        if change.findings:
            reasons[change.change.node.id] = change.findings[0].message
    return reasons
