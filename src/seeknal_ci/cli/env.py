"""`seeknal-ci env`: environments, and Seeknal's older names of other commands."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from seeknal_ci.cli.app import App, common_options
from seeknal_ci.cli.apply import LOCK, apply
from seeknal_ci.cli.plan import plan
from seeknal_ci.cli.promote import promote

FORMAT = click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip


@click.group()
def env() -> None:
    """List, show and delete environments, and clean up."""


@env.command(name="list")
@FORMAT
@common_options
def list_(app: App, output: str) -> int:
    """Show every environment: nodes, commit, age, size, expiry, and who changes the same."""
    from seeknal_ci.commands.environments import footprints
    from seeknal_ci.render.documents import to_json
    from seeknal_ci.render.environment_documents import environments_document
    from seeknal_ci.render.environment_text import environments_text

    settings = app.settings(app.repository())
    with app.existing_warehouse(settings) as warehouse:
        found = () if warehouse is None else warehouse.environments()
        sizes = {} if warehouse is None else footprints(warehouse, settings, found)
    now = datetime.now(UTC)
    if output == "json":
        click.echo(to_json(environments_document(found, sizes, now)), nl=False)
    else:
        click.echo(environments_text(found, sizes, now=now, color=app.color), nl=False)
    return 0


@env.command()
@click.argument("environment", metavar="ENV")
@FORMAT
@common_options
def show(app: App, environment: str, output: str) -> int:
    """Show one environment: its branch, size and expiry, and every node with its build and view."""
    from seeknal_ci.commands.environments import footprints, none_yet
    from seeknal_ci.commands.environments import show as find
    from seeknal_ci.render.documents import to_json
    from seeknal_ci.render.environment_documents import environment_document
    from seeknal_ci.render.environment_text import environment_text

    settings = app.settings(app.repository())
    with app.existing_warehouse(settings) as warehouse:
        if warehouse is None:
            raise none_yet(environment)
        found = find(warehouse, environment)
        size = footprints(warehouse, settings, warehouse.environments())[found.name]
    now = datetime.now(UTC)
    if output == "json":
        click.echo(to_json(environment_document(found, size, now)), nl=False)
    else:
        click.echo(environment_text(found, size, now=now, color=app.color), nl=False)
    return 0


@env.command()
@click.argument("environment", metavar="ENV")
@LOCK
@common_options
def delete(app: App, environment: str, lock_timeout: float | None) -> int:
    """Drop an environment's views and its record. Its builds stay: others may show them."""
    from seeknal_ci.commands.environments import delete as drop
    from seeknal_ci.commands.environments import none_yet, refuse_production
    from seeknal_ci.render.escape import terminal
    from seeknal_ci.warehouse.connect import exists

    settings = app.settings(app.repository(), lock_timeout=lock_timeout)
    refuse_production(settings, environment)
    if not exists(settings.warehouse, settings.folder):
        raise none_yet(environment)
    warehouse = app.open_warehouse(settings)
    try:
        gone = drop(warehouse, settings, environment)
    finally:
        warehouse.close()
    click.echo(f"✓ {terminal(gone.name)} is gone, and its schema {terminal(gone.schema)}")
    return 0


@env.command()
@click.option("--dry-run", is_flag=True, help="Say what would be dropped, and stop.")
@LOCK
@FORMAT
@common_options
def gc(app: App, dry_run: bool, lock_timeout: float | None, output: str) -> int:
    """Drop environments that have expired or whose branch is gone, and builds that nobody needs.

    A build is needed by an environment, or by one of the promotions that `rollback` can go back
    to. What is being applied is left alone, and so is what was not made by seeknal-ci.
    """
    from seeknal_ci.commands.gc import collect, would_collect
    from seeknal_ci.model.cleanup import Cleanup
    from seeknal_ci.render.cleanup_documents import cleanup_document
    from seeknal_ci.render.cleanup_text import cleanup_text
    from seeknal_ci.render.documents import to_json
    from seeknal_ci.warehouse.connect import exists

    repository = app.repository()
    settings = app.settings(repository, lock_timeout=lock_timeout)
    now = datetime.now(UTC)
    done = Cleanup(dry_run=dry_run)
    if exists(settings.warehouse, settings.folder):
        warehouse = app.open_warehouse(settings, read_only=dry_run)
        try:
            look = would_collect if dry_run else collect
            done = look(repository, settings, warehouse, now)
        finally:
            warehouse.close()
    if output == "json":
        click.echo(to_json(cleanup_document(done)), nl=False)
    else:
        click.echo(cleanup_text(done, color=app.color), nl=False)
    return 1 if done.failed else 0


@env.command(name="promote")
@click.argument("environment", metavar="ENV")
@click.argument("to", required=False, metavar="[PRODUCTION]")
@click.option("--allow-breaking", multiple=True, metavar="NODE", help="As of `promote`.")
@click.option("--allow-dirty", is_flag=True, help="As of `promote`.")
@click.option("--dry-run", is_flag=True, help="As of `promote`.")
@common_options
def promote_(app: App, **options: object) -> int:
    """Seeknal's older name for `promote`."""
    result = click.get_current_context().invoke(
        promote,
        project=app.project,
        config=app.config,
        quiet=app.quiet,
        no_color=app.no_color,
        **options,
    )
    return int(result)


env.add_command(plan)
env.add_command(apply)
