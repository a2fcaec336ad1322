"""`seeknal-ci diff`."""

from __future__ import annotations

import click

from seeknal_ci.cli.app import App, common_options
from seeknal_ci.cli.show import FORMATS, report_as


@click.command()
@click.argument("revisions", required=False, metavar="[REF | BASE..HEAD | BASE...HEAD]")
@click.option("--base", metavar="REF", help="The side to compare with.")
@click.option("--head", metavar="REF", help="The side to look at.")
@click.option("--staged", is_flag=True, help="Compare HEAD with what is staged for the commit.")
@click.option(
    "--format", "output", type=click.Choice(FORMATS), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice(["breaking", "non_breaking", "never"]), default="never",
    show_default=True, help="The least category that ends in exit code 3.",
)  # fmt: skip
@common_options
def diff(
    app: App,
    revisions: str | None,
    base: str | None,
    head: str | None,
    staged: bool,
    output: str,
    fail_on: str,
) -> int:
    """Show what a change breaks, and for whom.

    Without arguments it compares where this branch left the main branch with the working tree.
    Two and three dots mean what they mean to git.
    """
    from seeknal_ci.commands.diff import diff as compare
    from seeknal_ci.commands.diff import exit_code
    from seeknal_ci.commands.prepare import Revisions

    repository = app.repository()
    wanted = Revisions(revisions, base, head, staged)
    compared = compare(repository, app.settings(repository), wanted)
    click.echo(report_as(compared, output, color=app.color), nl=False)
    return exit_code(compared.report, fail_on)
