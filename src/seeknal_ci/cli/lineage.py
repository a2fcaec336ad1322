"""`seeknal-ci lineage`."""

from __future__ import annotations

import click

from seeknal_ci.cli.app import App, common_options


@click.command()
@click.argument("name", metavar="NODE[.COLUMN]")
@click.option("--ref", metavar="REF", help="Look at this commit in place of the working tree.")
@click.option("--staged", is_flag=True, help="Look at what is staged for the commit.")
@click.option("--upstream", is_flag=True, help="Only what it is made of.")
@click.option("--downstream", is_flag=True, help="Only what is made of it.")
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    metavar="N",
    help="Go N edges far; all the way unless given.",
)
@click.option(
    "--format", "output", type=click.Choice(["text", "json", "mermaid"]), default="text",
    show_default=True, help="What to print.",
)  # fmt: skip
@common_options
def lineage(
    app: App,
    name: str,
    ref: str | None,
    staged: bool,
    upstream: bool,
    downstream: bool,
    depth: int | None,
    output: str,
) -> int:
    """Show what a node, or a column of it, is made of, and what is made of it.

    Of a node: the nodes upstream and downstream, with the columns that go over each edge and what
    they are used for. Of a column: the columns that it is made of, what decides which rows there
    are, and everything that is made of it, or done with it, downstream.
    """
    from seeknal_ci.commands.lineage import Wanted, exit_code
    from seeknal_ci.commands.lineage import lineage as trace
    from seeknal_ci.render.lineage_text import lineage_as

    if ref is not None and staged:
        raise click.UsageError("--ref and --staged name two versions: give one")
    repository = app.repository()
    both = upstream == downstream
    wanted = Wanted(name, ref, staged, upstream or both, downstream or both, depth)
    found = trace(repository, app.settings(repository), wanted)
    click.echo(lineage_as(found, output, color=app.color), nl=False)
    return exit_code(found)
