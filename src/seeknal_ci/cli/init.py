"""`seeknal-ci init`."""

from __future__ import annotations

import click

from seeknal_ci.cli.app import App, common_options
from seeknal_ci.errors import SeeknalCiError


@click.command()
@click.option("--force", is_flag=True, help="Write the configuration, schemas and workflows anew.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@common_options
def init(app: App, force: bool, dry_run: bool) -> int:
    """Write the configuration, the workflows, the hooks and the schemas into a project.

    What is there is kept, and running it twice changes nothing.
    """
    from seeknal_ci.commands.init import init as initialise

    repository = app.repository()
    project = app.folder(repository.root)
    try:
        branch = repository.main_branch(None).removeprefix("origin/")
    except SeeknalCiError:  # as before the first commit
        branch = "main"
    done = initialise(repository.root, project, branch, force=force, dry_run=dry_run)
    click.echo("\n".join(done.lines))
    if dry_run:
        app.say("Nothing was written.")
    app.say("\nLeft to do:\n" + "\n".join(f"  - {line}" for line in done.todo))
    return 0
