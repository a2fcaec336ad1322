"""`seeknal-ci hook EVENT` and `seeknal-ci hooks install|uninstall`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from seeknal_ci.cli.app import App, common_options
from seeknal_ci.errors import SeeknalCiError

if TYPE_CHECKING:
    from seeknal_ci.commands.hook import HookResult

EVENTS = ("pre-commit", "pre-merge-commit", "pre-push", "post-merge", "post-checkout")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("event", type=click.Choice(EVENTS))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--fail-on", type=click.Choice(["breaking", "non_breaking", "never"]), default="never",
    help="The least category that stops the commit or push. Errors always do.",
)  # fmt: skip
@common_options
def hook(app: App, event: str, arguments: tuple[str, ...], fail_on: str) -> int:
    """Run as the git hook EVENT.

    Errors stop the commit; a BREAKING change is told with its readers, and goes on unless
    --fail-on says otherwise.
    """
    if event in ("pre-commit", "pre-merge-commit"):
        return _before_commit(app, fail_on)
    if event == "pre-push":
        return _before_push(app, fail_on)
    try:
        if event == "post-merge":
            _after_merge(app)
        elif arguments[2:3] == ("1",):
            _after_checkout(app)
    except SeeknalCiError as error:
        # Git has done its part: what cannot be told must not look like a failure of git's.
        app.say(str(error))
    return 0


def _before_commit(app: App, fail_on: str) -> int:
    """Nothing is loaded, and nothing is said, where no file of the pipeline is staged."""
    from seeknal_ci.commands.staged import touches_pipeline
    from seeknal_ci.git.failures import ConflictError

    repository = app.repository(from_env=True)
    try:
        if not touches_pipeline(repository):
            return 0
        from seeknal_ci.commands.hook import staged

        result = staged(repository, app.settings(repository), fail_on)
    except ConflictError as error:
        # Git itself stops the commit where the conflict matters.
        app.say(f"seeknal-ci did not look: {error.what}")
        return 0
    _tell(app, result)
    return result.exit_code


def _tell(app: App, result: HookResult) -> None:
    if result.compared is not None:
        from seeknal_ci.cli.show import report_as

        app.say(report_as(result.compared, "text", color=False).rstrip())


def _before_push(app: App, fail_on: str) -> int:
    from seeknal_ci.commands.hook import commits_to_push, pushed

    repository = app.repository()
    commits = commits_to_push(os.environ, _piped())
    result = pushed(repository, app.settings(repository), fail_on, commits)
    _tell(app, result)
    return result.exit_code


def _piped() -> Iterator[str]:
    """Standard input, unless a person sits at it."""
    if not sys.stdin.isatty():
        yield from sys.stdin


def _after_merge(app: App) -> None:
    """On the main branch: what promoting would do."""
    from seeknal_ci.commands.after_merge import sentence

    repository = app.repository()
    settings = app.settings(repository)
    told = sentence(repository, settings, lambda: app.existing_warehouse(settings))
    if told is not None:
        app.say(told)


def _after_checkout(app: App) -> None:
    """The environment of the branch that was checked out."""
    from seeknal_ci.naming import schema_name

    repository = app.repository()
    branch = repository.current_branch()
    settings = app.settings(repository)
    if branch is not None and (settings.folder / "seeknal").is_dir():
        schema = schema_name(branch, settings.production)
        app.say(f"seeknal-ci: this branch's environment is {branch} (schema {schema})")


@click.group()
def hooks() -> None:
    """Install and uninstall the git hooks."""


@hooks.command()
@common_options
def install(app: App) -> int:
    """Write the hooks into git's folder; what is there is kept, and run first."""
    from seeknal_ci.commands.hooks import install as write

    folder = app.repository().hooks_folder
    kept = write(folder, sys.executable)
    app.say(f"✓ hooks installed in {folder}")
    if kept:
        app.say(f"  kept, and run first: {', '.join(kept)}")
    return 0


@hooks.command()
@common_options
def uninstall(app: App) -> int:
    """Remove the hooks, and put back what they replaced."""
    from seeknal_ci.commands.hooks import uninstall as remove

    removed = remove(app.repository().hooks_folder)
    app.say(f"✓ removed: {', '.join(removed)}" if removed else "there were no hooks of seeknal-ci")
    return 0
