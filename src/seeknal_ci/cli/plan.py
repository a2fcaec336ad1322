"""`seeknal-ci plan`."""

from __future__ import annotations

import click

from seeknal_ci.cli.app import App, common_options
from seeknal_ci.cli.apply import DATA_DIFF
from seeknal_ci.cli.show import FORMATS, plan_as


@click.command()
@click.argument("environment", required=False, metavar="[ENV]")
@click.option("--ref", metavar="REF", help="Plan this commit in place of the working tree.")
@click.option(
    "--format", "output", type=click.Choice(FORMATS), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
@DATA_DIFF
@common_options
def plan(
    app: App, environment: str | None, ref: str | None, output: str, data_diff: str | None
) -> int:
    """Show what apply would do to ENV, and why. Writes nothing, and creates nothing.

    ENV is the current branch's name unless you give one.
    """
    from seeknal_ci.commands.naming import environment_name
    from seeknal_ci.commands.plan import plan as make
    from seeknal_ci.commands.prepare import Revisions, compare_versions

    repository = app.repository()
    settings = app.settings(repository, data_diff=data_diff)
    name = environment_name(repository, environment)
    compared = compare_versions(repository, settings, Revisions(head=ref))
    planned = make(compared, settings, name, lambda: app.existing_warehouse(settings))
    text = plan_as(planned.plan, compared, output, planned.data, color=app.color)
    click.echo(text, nl=False)
    return 0
