"""The program: its commands, each loaded when it is called, and how an error ends it."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence

import click

from seeknal_ci import __version__
from seeknal_ci.errors import SeeknalCiError

USAGE, BUG, INTERRUPTED = 2, 70, 130

# What modules, manifests and trees are made of lives to the end, and to look for garbage among it
# costs a short command a tenth of its time, and the analysis of 300 nodes a third. A million
# objects without a look are some 60 MB.
COLLECTED_AFTER = 1_000_000

# Name to the module that has the command of that name, so that a hook imports only its own.
COMMANDS = {
    "action": ("seeknal_ci.cli.action", "action"),
    "apply": ("seeknal_ci.cli.apply", "apply"),
    "demo": ("seeknal_ci.cli.demo", "demo"),
    "diff": ("seeknal_ci.cli.diff", "diff"),
    "env": ("seeknal_ci.cli.env", "env"),
    "explain": ("seeknal_ci.cli.explain", "explain"),
    "history": ("seeknal_ci.cli.history", "history"),
    "hook": ("seeknal_ci.cli.hook", "hook"),
    "hooks": ("seeknal_ci.cli.hook", "hooks"),
    "init": ("seeknal_ci.cli.init", "init"),
    "lineage": ("seeknal_ci.cli.lineage", "lineage"),
    "plan": ("seeknal_ci.cli.plan", "plan"),
    "promote": ("seeknal_ci.cli.promote", "promote"),
    "rollback": ("seeknal_ci.cli.rollback", "rollback"),
    "run": ("seeknal_ci.cli.apply", "run"),
    "schema": ("seeknal_ci.cli.schema", "schema"),
    "validate": ("seeknal_ci.cli.validate", "validate"),
}

# One line each, so that `--help` need not load the commands.
SUMMARIES = {
    "action": "Run as a step of a GitHub workflow.",
    "apply": "Build what changed, in the branch's environment.",
    "demo": "Walk through diff, apply and promote on a sample project.",
    "diff": "Show what a change breaks, and for whom.",
    "env": "List, show and delete environments.",
    "explain": "Say what a rule is about, and what to do.",
    "history": "List runs and promotions, or show one as a tree.",
    "hook": "Run as a git hook.",
    "hooks": "Install and uninstall the git hooks.",
    "init": "Write configuration, workflows, hooks and schemas into a project.",
    "lineage": "Show where columns come from, and who reads them.",
    "plan": "Show what apply would do. Writes nothing.",
    "promote": "Make an environment, or the main branch, production.",
    "rollback": "Show in production again what an earlier promotion showed.",
    "run": "Seeknal's name for apply.",
    "schema": "Print a JSON Schema for editors and programs.",
    "validate": "Show everything that is wrong with the project.",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command), f"{module}.{name} is a command"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands for `--help`."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="seeknal-ci", message="%(prog)s %(version)s")
def cli() -> None:
    """Say what a change does to a Seeknal pipeline, build just that, and promote it on merge.

    Start with `seeknal-ci demo`.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program, and exit as the table of exit codes in the documentation says."""
    gc.set_threshold(COLLECTED_AFTER)
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code. The one place where every error is caught."""
    try:
        result = cli.main(
            args=None if arguments is None else list(arguments),
            prog_name="seeknal-ci",
            standalone_mode=False,
        )
    except click.UsageError as error:
        error.show()
        return USAGE
    except SeeknalCiError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 (a bug of ours ends in a report, not a traceback)
        click.echo(_bug_report(error), err=True)
        return BUG
    return result if isinstance(result, int) else 0


def _bug_report(error: Exception) -> str:
    """What to paste into an issue. Messages are left out: one may hold a secret."""
    import platform
    import traceback

    frames = "".join(
        f"\n    {frame.filename.rsplit('seeknal_ci', 1)[-1]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    return (
        f"error: this is a bug in seeknal-ci, not in your project: {type(error).__name__}\n"
        f"  at seeknal-ci {__version__}, Python {platform.python_version()}, "
        f"{sys.platform}{frames}\n"
        "  fix: paste these lines into an issue, with the command that you ran"
    )
