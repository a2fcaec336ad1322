"""`seeknal-ci history`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from seeknal_ci.cli.app import App, common_options

if TYPE_CHECKING:
    from seeknal_ci.model.history import History, RunTree

LENGTH = re.compile(r"(\d{1,6})(s|m|h|d|w)")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
STATUSES = ("running", "success", "failed", "cancelled", "crashed")
SHOWN = 20


@click.command()
@click.argument("run", required=False, metavar="[RUN]")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(STATUSES),
    help="Only runs that ended so. Can be repeated.",
)  # fmt: skip
@click.option("--running", is_flag=True, help="Only runs that go on now.")
@click.option("--since", metavar="TIME", help="Only what began in the last 30m, 24h or 7d.")
@click.option("--env", "environment", metavar="ENV", help="Only runs in this environment.")
@click.option(
    "--limit", type=click.IntRange(1), default=SHOWN, show_default=True,
    help="How many runs are listed.",
)  # fmt: skip
@click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
@common_options
def history(
    app: App,
    run: str | None,
    statuses: tuple[str, ...],
    running: bool,
    since: str | None,
    environment: str | None,
    limit: int,
    output: str,
) -> int:
    """List runs and promotions, the newest first; or show one RUN as a tree.

    Part of an id is enough, if only one begins so.
    """
    from seeknal_ci.commands.history import history as find
    from seeknal_ci.commands.history import run_tree
    from seeknal_ci.model.execution import ExecutionStatus, RunFilter

    if run is not None and (statuses or running or since or environment):
        raise click.UsageError("what is listed can be chosen, and not what one run shows")
    asked = {*statuses, "running"} if running else set(statuses)
    wanted = RunFilter(
        statuses=frozenset(ExecutionStatus(status.upper()) for status in asked),
        since=None if since is None else _begin(since),
        environment=environment,
        limit=limit,
    )
    settings = app.settings(app.repository())
    with app.existing_warehouse(settings) as warehouse:
        if run is None:
            text = _listed(find(warehouse, settings, wanted), limit, output, color=app.color)
        else:
            text = _tree(run_tree(warehouse, run), output, color=app.color)
    click.echo(text, nl=False)
    return 0


def _begin(since: str) -> datetime:
    """When a length of time began that ends now."""
    match = LENGTH.fullmatch(since.strip())
    if match is None:
        raise click.UsageError(
            f"--since takes a number and a unit, such as 30m, 24h or 7d, not `{since}`"
        )
    # No ledger is a hundred years old.
    seconds = min(int(match[1]) * SECONDS[match[2]], 100 * 366 * SECONDS["d"])
    return datetime.now(UTC) - timedelta(seconds=seconds)


def _listed(found: History, limit: int, output: str, *, color: bool) -> str:
    if output == "json":
        from seeknal_ci.render.history_documents import history_json

        return history_json(found)
    from seeknal_ci.render.history_text import history_text

    return history_text(found, limit, color=color)


def _tree(tree: RunTree, output: str, *, color: bool) -> str:
    if output == "json":
        from seeknal_ci.render.history_documents import run_json

        return run_json(tree)
    from seeknal_ci.render.tree_text import tree_text

    return tree_text(tree, color=color)
