"""`seeknal-ci init`: what a project needs to be checked by editors, hooks and GitHub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seeknal_ci.commands.precommit import CONFIG as PRE_COMMIT
from seeknal_ci.commands.precommit import with_hooks
from seeknal_ci.commands.schema import printed
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest.loader import FOLDER
from seeknal_ci.settings import CONFIG_FILE

PACKAGE = Path(__file__).resolve().parents[1]
# Where a wheel has the workflows, and where a checkout has them.
WORKFLOWS = (PACKAGE / "workflows", PACKAGE.parents[1] / "docs" / "workflows")
# Their names there, and what each is called in a project, after `seeknal-ci`.
NAMES = {"pull-request": "", "closed": "-cleanup", "promote": "-promote", "schedule": "-nightly"}
SCHEMAS = ".seeknal-ci/schema"
CONFIG = """# yaml-language-server: $schema={schemas}/config.json
# What seeknal-ci goes by here; a line without `#` replaces the default that it shows.

# main_branch: main
# warehouse: ${{SEEKNAL_CI_WAREHOUSE:duckdb:///warehouse.duckdb}}   # or postgresql://…
# production: prod                # the schema that promotion moves
# dialect: duckdb                 # what the SQL is written in; or postgres
# workers: 4
# environments: {{ttl: 7d}}         # how long a branch's environment is kept
# builds: {{keep: 1d}}              # how long a build is kept that nothing shows
# connections: {{crm: "${{CRM_URL:postgresql://…}}"}}   # databases that sources can name
# rules: {{column-type-widened: NON_BREAKING}}
# promote: {{breaking: acknowledge, keep: 20}}   # or allow, block; promotions to go back to
# retry: {{max: 3, backoff: 1s}}    # attempts after the first, of errors that may pass
# data_diff: counts               # rows compared with production's: off, counts, or full
"""


@dataclass(frozen=True, slots=True)
class Edit:
    """A file, relative to the repository, with its text before (None for no file) and after.

    `whole` is true of files that are written as a whole, and not added to.
    """

    path: str
    before: str | None
    after: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Initialised:
    """What was done to each file, and what is left to do by hand."""

    lines: tuple[str, ...]
    todo: tuple[str, ...]


def init(root: Path, project: str, main_branch: str, *, force: bool, dry_run: bool) -> Initialised:
    """Write what is missing, and change nothing that is there; `force` writes whole files anew.

    Running it twice changes nothing. Raises SeeknalCiError where there is no project.
    """
    if not (root / project / FOLDER).is_dir():
        raise SeeknalCiError(
            f"there is no pipeline here: no folder {FOLDER}/",
            where=str(root / project),
            fix="run this in the folder that holds `seeknal/`, or name it with --project",
        )
    lines: list[str] = []
    for edit in _edits(root, project, main_branch):
        done = _done(edit, force=force)
        lines.append(f"{done:<14}{edit.path}")
        if done in ("write", "add to") and not dry_run:
            _write(root, edit.path, edit.after)
    return Initialised(tuple(lines), tuple(_todo(root, project)))


def _done(edit: Edit, *, force: bool) -> str:
    if edit.before == edit.after:
        return "there already"
    if edit.before is None:
        return "write"
    if edit.whole:
        return "write" if force else "kept as is"
    return "add to"


def _edits(root: Path, project: str, main_branch: str) -> Iterator[Edit]:
    inside = f"{project}/" if project else ""
    yield _whole(root, f"{inside}{CONFIG_FILE}", CONFIG.format(schemas=f"./{SCHEMAS}"))
    for name in ("node", "config"):
        yield _whole(root, f"{inside}{SCHEMAS}/{name}.json", printed(name))
    mark = re.sub(r"[^A-Za-z0-9]+", "-", project).strip("-")
    for name, ending in NAMES.items():
        path = f".github/workflows/seeknal-ci{f'-{mark}' if mark else ''}{ending}.yml"
        yield _whole(root, path, _workflow(name, project, mark, main_branch))
    hooks = _text(root / PRE_COMMIT)
    added = with_hooks(hooks, project)
    if added is not None:
        yield Edit(PRE_COMMIT, hooks, added)
    ignored = _text(root / f"{inside}.gitignore")
    yield Edit(f"{inside}.gitignore", ignored, _ignoring(ignored or ""))
    if (root / ".vscode").is_dir() and _text(root / ".vscode/settings.json") is None:
        settings = json.dumps({"yaml.schemas": _vscode(project)}, indent=2) + "\n"
        yield Edit(".vscode/settings.json", None, settings)


def _whole(root: Path, path: str, text: str) -> Edit:
    return Edit(path, _text(root / path), text, whole=True)


def _text(path: Path) -> str | None:
    """The text of a file with the line ends that it has; None where there is no file."""
    try:
        return path.read_bytes().decode("utf-8") if path.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        raise SeeknalCiError(
            f"{path} cannot be read: {error}", fix="correct the file, or move it away"
        ) from error


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    if not path.resolve().is_relative_to(root.resolve()):
        raise SeeknalCiError(
            f"{path} is a link that leads out of the repository",
            fix="put a file in its place, or remove it",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise SeeknalCiError(
            f"{path} cannot be written: {error.strerror}", fix="make the folder writable"
        ) from error


def _workflow(name: str, project: str, mark: str, main_branch: str) -> str:
    folder = next(folder for folder in WORKFLOWS if folder.is_dir())
    text = (folder / f"{name}.yml").read_text(encoding="utf-8")
    text = text.replace("branches: [main]", f"branches: [{json.dumps(main_branch)}]")
    warehouse = "          warehouse: "
    if project:
        text = text.replace(warehouse, f"          project: {json.dumps(project)}\n{warehouse}")
        # Of runs that wait in one group GitHub keeps the last, whichever project it is for.
        text = text.replace("  group: seeknal-ci-", f"  group: seeknal-ci-{mark}-")
    return text


def _ignoring(text: str) -> str:
    """The text of a .gitignore in which `target/`, where exports of branches go, is left out."""
    lines = [line.strip() for line in text.splitlines()]
    if any(line in ("target", "target/", "/target", "/target/") for line in lines):
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else end
    return f"{text}{gap}target/{end}"


def _vscode(project: str) -> dict[str, str]:
    inside = f"{project}/" if project else ""
    return {f"./{inside}{SCHEMAS}/node.json": f"{inside}{FOLDER}/**/*.yml"}


def _todo(root: Path, project: str) -> Iterator[str]:
    """What only people know, or may change."""
    yield "in .github/workflows: write the owner and the release that you use after `uses:`"
    yield "on GitHub: put the warehouse's URL into the secret SEEKNAL_CI_WAREHOUSE"
    if with_hooks(_text(root / PRE_COMMIT), project) is None:
        yield f"in {PRE_COMMIT}: add the hooks of docs/hooks.md, as the file cannot be added to"
    settings = _text(root / ".vscode/settings.json")
    if settings is None or SCHEMAS not in settings:
        said = json.dumps(_vscode(project))
        yield f'for completion in VS Code, in .vscode/settings.json: "yaml.schemas": {said}'
