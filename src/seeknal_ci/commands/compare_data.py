"""What production shows, compared with what a plan's builds hold."""

from __future__ import annotations

from seeknal_ci.apply.data_diff import Budget, Versions, data_diff
from seeknal_ci.commands.prepare import Compared
from seeknal_ci.model.data_diff import DataDiff, Depth
from seeknal_ci.model.environment import Environment
from seeknal_ci.model.event import ComparisonStarted, Reporter
from seeknal_ci.model.plan import Plan
from seeknal_ci.model.run import RunReport, Status
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse


def compare_data(
    warehouse: Warehouse,
    plan: Plan,
    compared: Compared,
    settings: Settings,
    production: Environment | None,
    run: RunReport | None = None,
    reporter: Reporter | None = None,
) -> DataDiff | None:
    """How the data of the plan's nodes differ from that of `production`, as far as it is built.

    None where nobody wants to know. After a `run` that was interrupted nothing is looked at, and
    Ctrl-C after a run ends the look alone: what the run did is there, and is to be reported.
    `reporter` is told before tables are read, which may take a while.
    """
    depth = Depth(settings.data_diff)
    if depth is Depth.OFF:
        return None
    if run is not None and run.status is Status.CANCELLED:
        return DataDiff(depth, settings.production, problem="the run was interrupted")
    versions = Versions(
        before=production.build_ids if production else {},
        after={step.node: step.build_id for step in plan.steps if step.build_id is not None},
        base=compared.base.manifest,
        head=compared.head.manifest,
    )
    changed = versions.changed
    budget = Budget(settings.data_diff_rows, settings.data_diff_seconds)
    try:
        if depth is Depth.FULL and changed and reporter is not None:
            reporter(ComparisonStarted(len(changed)))
        return data_diff(warehouse, versions, settings.production, depth, budget)
    except KeyboardInterrupt:
        if run is None:
            raise
        problem = "the comparison was interrupted"
        return DataDiff(depth, settings.production, problem=problem, interrupted=True)
