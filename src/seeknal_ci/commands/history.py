"""`seeknal-ci history`: runs and promotions, and one run as a tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import Promotion
from seeknal_ci.model.execution import CRASH_MESSAGE, Execution, ExecutionStatus, RunFilter
from seeknal_ci.model.history import History, RunTree
from seeknal_ci.settings import Settings
from seeknal_ci.warehouse.protocol import Warehouse

LISTED = "`seeknal-ci history` lists the runs"


def history(warehouse: Warehouse | None, settings: Settings, wanted: RunFilter) -> History:
    """The runs that are wanted, the promotions of the same time, and production as it is."""
    if warehouse is None:
        return History()
    asked = wanted
    if wanted.statuses & {ExecutionStatus.RUNNING, ExecutionStatus.CRASHED}:
        # What is written as running may have crashed since.
        running = frozenset({ExecutionStatus.RUNNING})
        asked = replace(wanted, statuses=wanted.statuses | running, limit=None)
    found = warehouse.runs(asked)
    alive = _alive(warehouse, (summary.run for summary in found))
    runs = tuple(replace(one, run=alive[one.run.id]) for one in found)
    runs = tuple(r for r in runs if not wanted.statuses or r.run.status in wanted.statuses)
    promotions = (p for p in warehouse.promotions() if _is_wanted(p, settings, wanted))
    production = warehouse.environment(settings.production)
    return History(runs[: wanted.limit], tuple(promotions), production)


def run_tree(warehouse: Warehouse | None, name: str) -> RunTree:
    """The run of that id, or of the one id that begins so. Raises where there is no such one."""
    if warehouse is None:
        raise SeeknalCiError(
            f"there is no run {name}, because there is no warehouse yet",
            fix="run `seeknal-ci apply` first",
        )
    run_id = _chosen(warehouse, name)
    executions = warehouse.executions(run_id)
    crashed = _alive(warehouse, executions[:1])[run_id].status is ExecutionStatus.CRASHED
    promotion = next((one for one in warehouse.promotions() if one.id == run_id), None)
    return RunTree(tuple(_crashed(one) if crashed else one for one in executions), promotion)


def _chosen(warehouse: Warehouse, name: str) -> str:
    found = warehouse.run_ids(name)
    if name in found:
        return name
    if len(found) == 1:
        return found[0]
    if found:
        raise SeeknalCiError(
            f"{len(found)} runs begin with `{name}`",
            fix=f"write more of the id, such as {found[-1]}",
        )
    if any(one.id.startswith(name) for one in warehouse.promotions()):
        raise SeeknalCiError(
            f"promotion `{name}` is older than the ledger, which has no run of it",
            fix="name a later one; `seeknal-ci history` tells all that is known of this one",
        )
    close = get_close_matches(name, warehouse.run_ids(""), n=1)
    raise SeeknalCiError(
        f"there is no run `{name}`", fix=f"did you mean {close[0]}?" if close else LISTED
    )


def _alive(warehouse: Warehouse, runs: Iterable[Execution]) -> dict[str, Execution]:
    """Runs by id; one that nobody runs any more has crashed, though nobody wrote that yet."""
    held: dict[str, bool] = {}
    alive = {}
    for run in runs:
        alive[run.id] = run
        if run.status is ExecutionStatus.RUNNING:
            if run.environment not in held:
                held[run.environment] = warehouse.is_held(run.environment)
            if not held[run.environment]:
                # Between the two questions it may have come to its end.
                alive[run.id] = _crashed(warehouse.executions(run.id)[0])
    return alive


def _crashed(execution: Execution) -> Execution:
    if execution.status is not ExecutionStatus.RUNNING:
        return execution
    return replace(execution, status=ExecutionStatus.CRASHED, message=CRASH_MESSAGE)


def _is_wanted(promotion: Promotion, settings: Settings, wanted: RunFilter) -> bool:
    """Whether a promotion is asked for: of production, of that time, and not of what failed."""
    ours = promotion.environment == settings.production
    return (
        ours
        and wanted.environment in (None, promotion.environment)
        and (wanted.since is None or promotion.started_at >= wanted.since)
        and (not wanted.statuses or ExecutionStatus.SUCCESS in wanted.statuses)
    )
