"""`seeknal-ci apply`, and `run`, which is Seeknal's name for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seeknal_ci.cli.app import App, common_options
from seeknal_ci.cli.show import plan_as, run_as

if TYPE_CHECKING:
    from seeknal_ci.git.repository import Repository
    from seeknal_ci.settings import Settings

WORKERS = click.option(
    "--max-workers", type=click.IntRange(1, 256), help="How many nodes are built at a time."
)
LOCK = click.option(
    "--lock-timeout", type=click.FloatRange(0), metavar="SECONDS",
    help="How long to wait for a warehouse or an environment that another process holds.",
)  # fmt: skip
OUTPUT = click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
REF = click.option("--ref", metavar="REF", help="Build this commit in place of the working tree.")
FAIL_FAST = click.option("--fail-fast", is_flag=True, help="Submit nothing more after a failure.")
DATA_DIFF = click.option(
    "--data-diff", type=click.Choice(["off", "counts", "full"]),
    help="How closely rows are compared with production's; counts unless configured.",
)  # fmt: skip
REFRESH = click.option(
    "--refresh", is_flag=True, help="Load sources in databases anew where their rows have changed."
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Show the plan, and stop.")


@click.command()
@click.argument("environment", required=False, metavar="[ENV]")
@REF
@WORKERS
@LOCK
@FAIL_FAST
@DRY_RUN
@REFRESH
@DATA_DIFF
@OUTPUT
@click.option("--parallel", is_flag=True, hidden=True, help="Always so; kept for habit's sake.")
@common_options
def apply(
    app: App,
    environment: str | None,
    ref: str | None,
    max_workers: int | None,
    lock_timeout: float | None,
    fail_fast: bool,
    dry_run: bool,
    refresh: bool,
    data_diff: str | None,
    output: str,
    parallel: bool,
) -> int:
    """Build what changed, and show it in ENV beside everything that did not change.

    ENV is the current branch's name unless you give one. Production is not touched, but for
    `apply prod --refresh`: it stays at its commit, and shows what its sources hold now.
    """
    del parallel
    from seeknal_ci.commands.apply import apply as build
    from seeknal_ci.commands.naming import environment_name
    from seeknal_ci.commands.prepare import Revisions, compare_versions

    repository = app.repository()
    settings = app.settings(
        repository, workers=max_workers, lock_timeout=lock_timeout, data_diff=data_diff
    )
    name = environment_name(repository, environment)
    if refresh and name == settings.production:
        return _refresh(app, repository, settings, ref, output, dry_run=dry_run)
    compared = compare_versions(repository, settings, Revisions(head=ref))
    with app.progress() as report:
        applied = build(
            compared,
            settings,
            name,
            lambda: app.open_warehouse(settings),
            report,
            fail_fast=fail_fast,
            dry_run=dry_run,
            origin=repository.origin(ref),
            refresh=refresh,
        )
    if applied.run is None:
        planned = applied.plan, applied.compared, output, applied.data
        click.echo(plan_as(*planned, color=app.color), nl=False)
    else:
        click.echo(run_as(applied.run, output, applied.data, color=app.color), nl=False)
    return applied.exit_code


def _refresh(
    app: App,
    repository: Repository,
    settings: Settings,
    ref: str | None,
    output: str,
    *,
    dry_run: bool,
) -> int:
    """A promotion of the commit that production holds, with sources loaded anew."""
    from seeknal_ci.cli.promote import actor, moved
    from seeknal_ci.commands.promote import Request

    if ref is not None:
        raise click.UsageError(f"{settings.production} is refreshed at its own commit: no --ref")
    request = Request(None, (), allow_dirty=False, dry_run=dry_run, actor=actor(), refresh=True)
    return moved(app, repository, settings, request, output)


@click.command()
@click.option("--env", "environment", metavar="ENV", help="The environment to build.")
@click.option("--parallel", is_flag=True, help="Always so; kept for Seeknal's users.")
@REF
@WORKERS
@LOCK
@FAIL_FAST
@DRY_RUN
@REFRESH
@DATA_DIFF
@OUTPUT
@common_options
def run(app: App, **options: object) -> int:
    """Seeknal's name for `apply`."""
    result = click.get_current_context().invoke(
        apply,
        project=app.project,
        config=app.config,
        quiet=app.quiet,
        no_color=app.no_color,
        **options,
    )
    return int(result)
