"""`seeknal-ci hooks install|uninstall`: git's hooks, and what was there before them."""

from __future__ import annotations

import shlex
from pathlib import Path

from seeknal_ci.errors import SeeknalCiError

EVENTS = ("pre-commit", "pre-merge-commit", "pre-push", "post-merge", "post-checkout")
MARK = "# installed by seeknal-ci"
KEPT = ".before-seeknal-ci"

SHIM = """#!/bin/sh
{mark}; `seeknal-ci hooks uninstall` puts back what was here
{before}kept="$(dirname "$0")/{event}{kept}"
if [ -x "$kept" ]; then
    {feed}"$kept" "$@" || exit $?
fi
if command -v seeknal-ci >/dev/null 2>&1; then
    run() {{ seeknal-ci "$@"; }}
elif [ -x {python} ]; then
    run() {{ {python} -m seeknal_ci "$@"; }}
else
    echo "seeknal-ci is not on PATH: activate its environment" >&2
    exit {missing}
fi
{feed}run hook {event} "$@"
"""


def install(folder: Path, python: str) -> tuple[str, ...]:
    """Write a shim for every event; a hook that is there is kept, and run first.

    `python` runs seeknal-ci where it is not on PATH. Returns the names of those that were kept.
    Running it twice changes nothing.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(event for event in EVENTS if _install(folder, event, python))
    except OSError as error:
        raise _not_written(folder, error) from error


def uninstall(folder: Path) -> tuple[str, ...]:
    """Remove our shims and put back what they replaced; returns the events that had one."""
    removed: list[str] = []
    try:
        for event in EVENTS:
            path = folder / event
            if not _is_ours(path):
                continue
            removed.append(event)
            kept = folder / f"{event}{KEPT}"
            if kept.exists():
                kept.replace(path)
            else:
                path.unlink()
    except OSError as error:
        raise _not_written(folder, error) from error
    return tuple(removed)


def _install(folder: Path, event: str, python: str) -> bool:
    path, kept = folder / event, folder / f"{event}{KEPT}"
    if path.exists() and not _is_ours(path):
        path.replace(kept)
    path.write_text(shim(event, python), encoding="utf-8")
    path.chmod(0o755)
    return kept.exists()


def shim(event: str, python: str) -> str:
    """The hook's text. A pre-push hook is told the refs on standard input, once: they are kept,
    and given to both readers.
    """
    piped = event == "pre-push"
    return SHIM.format(
        mark=MARK,
        event=event,
        kept=KEPT,
        python=shlex.quote(python),
        before='refs="$(cat)"\n' if piped else "",
        feed='printf "%s\\n" "$refs" | ' if piped else "",
        # What cannot look must not let a commit through; afterwards there is nothing to stop.
        missing=int(event.startswith("pre-")),
    )


def _is_ours(path: Path) -> bool:
    return path.is_file() and MARK in path.read_text(encoding="utf-8", errors="replace")


def _not_written(folder: Path, error: OSError) -> SeeknalCiError:
    return SeeknalCiError(
        f"the hooks cannot be written: {error.strerror or error}",
        where=str(folder),
        fix="make the folder writable, or set core.hooksPath to one that is",
    )
