"""What every command line has in common: which project, which settings, which colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from seeknal_ci.errors import SeeknalCiError

if TYPE_CHECKING:
    from seeknal_ci.git.repository import Repository
    from seeknal_ci.model.event import Event, Reporter
    from seeknal_ci.settings import Settings
    from seeknal_ci.warehouse.protocol import Warehouse

FOLDER = "seeknal"
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class App:
    """The options that every command takes."""

    project: str | None = None
    config: str | None = None
    quiet: bool = False
    no_color: bool = False
    no_cache: bool = False

    def repository(self, *, from_env: bool = False) -> Repository:
        """The repository around the project's folder."""
        from seeknal_ci.git.repository import Repository

        start = Path(self.project or ".")
        if not start.is_dir():
            raise SeeknalCiError(f"there is no folder {start}", fix="correct --project")
        return Repository.open(start, from_env=from_env)

    def settings(self, repository: Repository, **flags: object) -> Settings:
        """Settings from flags, environment and file."""
        from seeknal_ci.classify.rules import RULE_IDS
        from seeknal_ci.settings import load_settings

        root = repository.root
        config = Path(self.config).resolve() if self.config else None
        settings = load_settings(root, self.folder(root), RULE_IDS, flags=flags, config=config)
        return replace(settings, cache=None) if self.no_cache else settings

    def folder(self, root: Path) -> str:
        """The project's folder, relative to the repository; "" for the repository itself.

        Without --project it is the nearest folder at or above this one that holds `seeknal/`.
        """
        start = Path(self.project or ".").resolve()
        root = root.resolve()
        if not start.is_relative_to(root):
            raise SeeknalCiError(
                f"{start} is outside the repository {root}", fix="correct --project"
            )
        if self.project is None:
            for folder in (start, *start.parents):
                if (folder / FOLDER).is_dir() or folder == root:
                    start = folder if (folder / FOLDER).is_dir() else root
                    break
        relative = start.relative_to(root).as_posix()
        return "" if relative == "." else relative

    def open_warehouse(self, settings: Settings, *, read_only: bool = False) -> Warehouse:
        """The warehouse; waits for another process that holds it, and says so."""
        from seeknal_ci.warehouse.connect import connect

        return connect(
            settings.warehouse,
            settings.folder,
            lock_timeout=settings.lock_timeout,
            read_only=read_only,
            on_wait=self.say,
        )

    @contextmanager
    def existing_warehouse(self, settings: Settings) -> Iterator[Warehouse | None]:
        """The warehouse for reading; None where there is none yet, and none is made."""
        from seeknal_ci.warehouse.connect import exists

        if not exists(settings.warehouse, settings.folder):
            yield None
            return
        warehouse = self.open_warehouse(settings, read_only=True)
        try:
            yield warehouse
        finally:
            warehouse.close()

    @contextmanager
    def progress(self) -> Iterator[Reporter]:
        """Tells a run's events on standard error while the block lasts."""
        if self.quiet:
            yield _say_nothing
            return
        from seeknal_ci.render.progress import progress

        dumb = os.environ.get("TERM") == "dumb"
        with progress(sys.stderr, live=sys.stderr.isatty() and not dumb) as reporter:
            yield reporter

    @property
    def color(self) -> bool:
        """Whether standard output takes colours (https://no-color.org)."""
        return not self.no_color and not os.environ.get("NO_COLOR") and sys.stdout.isatty()

    def say(self, text: str) -> None:
        """A sentence for people, beside the document that a command prints."""
        if not self.quiet:
            click.echo(text, err=True)


def _say_nothing(event: Event) -> None:
    """The reporter of `--quiet`."""


def common_options(command: Command) -> Command:
    """The options of `App`, handed to the command as `app`."""

    def wrapped(
        *args: Any,
        project: str | None,
        config: str | None,
        quiet: bool,
        no_color: bool,
        no_cache: bool,
        **kwargs: Any,
    ) -> Any:
        app = App(project, config, quiet=quiet, no_color=no_color, no_cache=no_cache)
        return command(*args, app=app, **kwargs)

    wrapped.__name__ = command.__name__
    wrapped.__doc__ = command.__doc__
    wrapped.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]  # click's own way to pass options on
    decorated: Any = wrapped
    for option in (
        click.option(
            "--no-cache", is_flag=True, help="Keep nothing of what is read for next time."
        ),
        click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR set."),
        click.option("--quiet", "-q", is_flag=True, help="Nothing but the result and errors."),
        click.option("--config", metavar="FILE", help="Read this in place of seeknal-ci.yml."),
        click.option("--project", metavar="DIR", help="The folder that holds `seeknal/`."),
    ):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]  # as typed as click's decorators are
