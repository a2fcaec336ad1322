"""`seeknal-ci rollback`."""

from __future__ import annotations

import click

from seeknal_ci.cli.app import App, common_options
from seeknal_ci.cli.apply import LOCK
from seeknal_ci.cli.promote import actor

FORMAT = click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip


@click.command()
@click.argument("promotion", required=False, metavar="[PROMOTION]")
@click.option("--dry-run", is_flag=True, help="Say what would go back, and stop.")
@LOCK
@FORMAT
@common_options
def rollback(
    app: App, promotion: str | None, dry_run: bool, lock_timeout: float | None, output: str
) -> int:
    """Show in production again what an earlier promotion showed. Nothing is built.

    Without PROMOTION it undoes the last one. Part of an id is enough, if only one begins so.
    """
    from seeknal_ci.commands.rollback import rollback as go_back
    from seeknal_ci.render.history_documents import rollback_json
    from seeknal_ci.render.history_text import rollback_text

    settings = app.settings(app.repository(), lock_timeout=lock_timeout)
    done = go_back(
        settings, promotion, actor(), lambda: app.open_warehouse(settings), dry_run=dry_run
    )
    if output == "json":
        text = rollback_json(done.before, done.target, done.moved, done.files, done.promotion)
    else:
        text = rollback_text(
            done.before,
            done.target,
            done.moved,
            done.files,
            done.promotion,
            dry_run=dry_run,
            color=app.color,
        )
    click.echo(text, nl=False)
    return 0
