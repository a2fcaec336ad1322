"""The demo: real commands on a real repository, each printed before it is run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seeknal_ci.demo.edits import ADD_DISCOUNT, EDIT_DESCRIPTION, RENAME_CUSTOMER_ID, Edit
from seeknal_ci.demo.project import write_project
from seeknal_ci.errors import SeeknalCiError

# Without a double quote, so that a shell takes it between two.
QUERY = "import duckdb; print(duckdb.connect('warehouse.duckdb', read_only=True).sql('''{}'''))"
DISCOUNTS = "SELECT order_id, quantity, discount_pct FROM dev.clean_orders ORDER BY order_id"
SHOWN = (
    "SELECT table_schema AS environment, count(DISTINCT table_name) AS views, "
    "count(*) FILTER (column_name = 'discount_pct') AS has_discount_pct "
    "FROM information_schema.columns WHERE table_schema IN ('prod', 'dev') "
    "GROUP BY ALL ORDER BY ALL"
)


@dataclass(frozen=True, slots=True)
class Walk:
    """A folder, and where to say things."""

    folder: Path
    say: Callable[[str], None]

    def chapter(self, title: str) -> None:
        """Begin a part."""
        self.say(f"\n\n== {title}\n")

    def edit(self, edit: Edit) -> None:
        """Change a file, and show the change as git sees it."""
        edit.make(self.folder)
        self.say(f"\n# {edit.says}, in {edit.path}")
        self.git("diff", "--unified=1", "--", edit.path)

    def git(self, *arguments: str) -> None:
        """Run git."""
        self._run(shlex.join(["git", *arguments]), ["git", *arguments])

    def seeknal_ci(self, *arguments: str) -> None:
        """Run this program."""
        shown = shlex.join(["seeknal-ci", *arguments])
        self._run(shown, [sys.executable, "-m", "seeknal_ci", *arguments])

    def query(self, sql: str) -> None:
        """Run a query on the warehouse."""
        code = QUERY.format(sql)
        self._run(f'python -c "{code}"', [sys.executable, "-c", code])

    def _run(self, shown: str, command: list[str]) -> None:
        self.say(f"\n$ {shown}")
        done = subprocess.run(  # noqa: S603 (the demo's own commands, none from outside)
            command,
            cwd=self.folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.stdout.strip():
            self.say(done.stdout.rstrip("\n"))
        if done.returncode:
            raise SeeknalCiError(
                f"`{shown}` ended with exit code {done.returncode}",
                where=str(self.folder),
                fix="read what it says above; if it is not about this machine, report it as a bug",
            )


def walk(folder: Path, say: Callable[[str], None]) -> None:
    """Make the project in `folder`, and walk through what seeknal-ci does with it."""
    step = Walk(folder, say)
    _production(step)
    _change(step)
    _merge(step)
    _breaking(step)
    _metadata(step)


def _production(step: Walk) -> None:
    step.chapter("1. A pipeline of eight nodes, in git, and its first promotion")
    write_project(step.folder)
    step.git("init", "--quiet", "--initial-branch", "main")
    step.git("config", "user.name", "seeknal-ci demo")
    step.git("config", "user.email", "demo@example.com")
    step.git("add", ".")
    step.git("commit", "--quiet", "-m", "E-commerce pipeline")
    step.seeknal_ci("validate")
    step.seeknal_ci("promote")


def _change(step: Walk) -> None:
    step.chapter("2. A branch adds a column: what does it do, and for whom?")
    step.git("switch", "--quiet", "-c", "feature/discount")
    step.edit(ADD_DISCOUNT)
    step.git("commit", "--quiet", "-am", "Add discount_pct")
    step.seeknal_ci("diff", "main...feature/discount")
    step.chapter("3. Built beside production: four nodes are new, the rest is shared")
    step.seeknal_ci("apply", "dev")
    step.say("\n# the branch is complete, and production has not moved:")
    step.query(SHOWN)
    step.query(DISCOUNTS)


def _merge(step: Walk) -> None:
    step.chapter("4. Merged: production becomes what was reviewed, and nothing is built again")
    step.git("switch", "--quiet", "main")
    step.git("merge", "--quiet", "--squash", "feature/discount")
    step.git("commit", "--quiet", "-m", "Add discount_pct (#1)")
    step.seeknal_ci("promote")
    step.seeknal_ci("env", "list")


def _breaking(step: Walk) -> None:
    step.chapter("5. A breaking change, told before it is committed")
    step.edit(RENAME_CUSTOMER_ID)
    step.seeknal_ci("diff")
    step.git("restore", ".")


def _metadata(step: Walk) -> None:
    step.chapter("6. A description: nothing to build")
    step.edit(EDIT_DESCRIPTION)
    step.seeknal_ci("plan", "dev")
    step.git("restore", ".")


def _environment() -> dict[str, str]:
    """This process's environment without what would point git, or seeknal-ci, elsewhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "SEEKNAL_CI_"))}
    return {**kept, "PYTHONUTF8": "1"}
