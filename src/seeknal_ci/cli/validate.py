"""`seeknal-ci validate`."""

from __future__ import annotations

from pathlib import Path

import click

from seeknal_ci.cli.app import App, common_options


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--ref", metavar="REF", help="Look at this commit in place of the working tree.")
@click.option("--staged", is_flag=True, help="Look at what is staged for the commit.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--naming", is_flag=True, help="Ask for names in small letters, and fail on others.")
@click.option(
    "--format", "output", type=click.Choice(["text", "json", "github"]), default="text",
    show_default=True, help="What to print.",
)  # fmt: skip
@common_options
def validate(
    app: App,
    paths: tuple[str, ...],
    ref: str | None,
    staged: bool,
    strict: bool,
    naming: bool,
    output: str,
) -> int:
    """Show everything that is wrong with the project.

    With PATHs, what is wrong with the nodes in those files and folders and with the nodes next to
    them.
    """
    from seeknal_ci.commands.validate import validate as check
    from seeknal_ci.render.problems import problems_as

    if ref is not None and staged:
        raise click.UsageError("--ref and --staged name two versions: give one")
    repository = app.repository()
    root = repository.root.resolve()
    inside = [_relative(path, root) for path in paths]
    settings = app.settings(repository)
    checked = check(repository, settings, ref=ref, staged=staged, paths=inside, naming=naming)
    click.echo(problems_as(checked.problems, checked.nodes, output, color=app.color), nl=False)
    return checked.exit_code(strict=strict)


def _relative(path: str, root: Path) -> str:
    resolved = Path(path).resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else path
