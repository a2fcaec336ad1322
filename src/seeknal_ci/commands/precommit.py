"""Our hooks in a `.pre-commit-config.yaml`, of which everything else stays as it is."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise

from seeknal_ci.manifest.yaml_reader import read_documents
from seeknal_ci.model.spec import Json

CONFIG = ".pre-commit-config.yaml"
IDS = ("seeknal-ci-diff", "seeknal-ci-validate")
# The program that is installed is the one that runs: offline, and without a second copy of it.
ENTRY = """- repo: local
  hooks:
    - id: seeknal-ci-diff
      name: seeknal-ci diff
      entry: {diff}
      language: system
      always_run: true
      pass_filenames: false
    - id: seeknal-ci-validate
      name: seeknal-ci validate
      entry: {validate}
      language: system
      types: [yaml]
      require_serial: true
"""


def with_hooks(text: str | None, project: str) -> str | None:
    """The file with our hooks at the end of its `repos:`; as it is where it has the project's.

    None where they cannot be added without touching what is there, as to a list in brackets.
    """
    option = f" --project {shlex.quote(project)}" if project else ""
    entry = ENTRY.format(
        diff=json.dumps(f"seeknal-ci hook pre-commit{option}"),
        validate=json.dumps(f"seeknal-ci validate{option}"),
    )
    if text is None or not text.strip():
        return f"repos:\n{_indented(entry, '  ')}"
    before = _mapping(text)
    if before is None or not isinstance(before.get("repos"), list):
        return None
    if set(IDS) <= _ids(before, project):
        return text
    added = _added(text, entry)
    after = None if added is None else _mapping(added)
    wanted = _mapping(f"repos:\n{_indented(entry, '  ')}")
    assert wanted is not None, "our own entry can be read"
    return added if after == {**before, "repos": _joined(before, wanted)} else None


def _joined(before: dict[str, Json], wanted: dict[str, Json]) -> list[Json]:
    found: list[Json] = []
    for part in (before["repos"], wanted["repos"]):
        assert isinstance(part, list), "checked before"
        found += part
    return found


def _added(text: str, entry: str) -> str | None:
    """The text with the entry after the last line of `repos:`; None where there is no such line."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if re.match(r"repos:\s*(#.*)?$", line)), None)
    if start is None:
        return None
    last, indent = start, None
    for index, line in enumerate(lines[start + 1 :], start + 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        item = re.match(r"(\s*)- ", line)
        if item is None and not line.startswith(" "):
            break
        if indent is None and item is not None:
            indent = item[1]
        last = index
    new = _indented(entry, indent or "").splitlines()
    return end.join([*lines[: last + 1], *new, *lines[last + 1 :]]) + end


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


def _mapping(text: str) -> dict[str, Json] | None:
    """What the file says; None where that is no mapping, or cannot be read."""
    documents, _ = read_documents(CONFIG, text.encode("utf-8"))
    value = documents[0].value if len(documents) == 1 else None
    return value if isinstance(value, dict) else None


def _ids(config: dict[str, Json], project: str) -> set[str]:
    """Of hooks that look at a project; one without `--project` looks at the whole repository's."""
    repos = config["repos"]
    assert isinstance(repos, list), "checked before"
    hooks = [repo.get("hooks") for repo in repos if isinstance(repo, dict)]
    items = [item for found in hooks if isinstance(found, list) for item in found]
    return {
        str(item.get("id"))
        for item in items
        if isinstance(item, dict) and _project_of(item) == project
    }


def _project_of(hook: dict[str, Json]) -> str:
    """The folder that a hook's command names; the one that git runs it in, where it names none."""
    args = hook.get("args")
    try:
        words = shlex.split(str(hook.get("entry") or ""))
    except ValueError:  # an open quote: pre-commit cannot run it either
        return ""
    words += [str(word) for word in args] if isinstance(args, list) else []
    named = [word.partition("=")[2] for word in words if word.startswith("--project=")]
    named += [after for word, after in pairwise(words) if word == "--project"]
    return named[-1].removeprefix("./").rstrip("/") if named else ""
