"""`seeknal-ci promote`."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

import click

from seeknal_ci.cli.app import App, common_options
from seeknal_ci.cli.apply import LOCK, WORKERS
from seeknal_ci.cli.show import plan_as, run_as

if TYPE_CHECKING:
    from seeknal_ci.commands.promote import Request
    from seeknal_ci.git.repository import Repository
    from seeknal_ci.settings import Settings


@click.command()
@click.argument("environment", required=False, metavar="[ENV]")
@click.option("--to", "to", metavar="PRODUCTION", help="The environment to move: production.")
@click.option(
    "--allow-breaking", multiple=True, metavar="NODE",
    help="Acknowledge the BREAKING change of a node, or of all with `*`. Can be repeated.",
)  # fmt: skip
@click.option("--allow-dirty", is_flag=True, help="Promote changes that are not committed.")
@click.option("--dry-run", is_flag=True, help="Ask the gates, show the plan, and stop.")
@WORKERS
@LOCK
@click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
@common_options
def promote(
    app: App,
    environment: str | None,
    to: str | None,
    allow_breaking: tuple[str, ...],
    allow_dirty: bool,
    dry_run: bool,
    max_workers: int | None,
    lock_timeout: float | None,
    output: str,
) -> int:
    """Make ENV, or the main branch's HEAD, production: all of it or nothing.

    What was built before is not built again. Run it twice, and the second time does nothing.
    """
    from seeknal_ci.commands.promote import Request

    repository = app.repository()
    settings = app.settings(repository, workers=max_workers, lock_timeout=lock_timeout)
    if to is not None and to != settings.production:
        raise click.UsageError(f"--to takes {settings.production}: only production is promoted to")
    request = Request(environment, allow_breaking, allow_dirty, dry_run, actor())
    return moved(app, repository, settings, request, output)


def moved(
    app: App, repository: Repository, settings: Settings, request: Request, output: str
) -> int:
    """Move production, and print what became of it; returns how the command ends."""
    from seeknal_ci.commands.promote import promote as move
    from seeknal_ci.render.promoted_text import promoted_text

    with app.progress() as report:
        promoted = move(repository, settings, request, lambda: app.open_warehouse(settings), report)
    if promoted.run is None:
        text = plan_as(promoted.plan, promoted.compared, output, color=app.color)
    elif output == "json":
        text = run_as(promoted.run, output, color=app.color)
    else:
        text = promoted_text(
            promoted.run,
            promoted.compared.report,
            promoted.promotion,
            source=request.environment,
            before=promoted.before,
            color=app.color,
        )
    click.echo(text, nl=False)
    return promoted.exit_code


def actor() -> str:
    """Who promotes: on GitHub whoever caused the run, else the user of this machine."""
    return os.environ.get("GITHUB_ACTOR") or getpass.getuser()
