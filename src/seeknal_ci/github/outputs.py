"""What a step hands back to the runner: outputs, the job summary, and masks.

The runner parses everything a step prints, and the files it names in the environment. Each value
here is written so that nothing inside it can be taken for a command, a name or a delimiter.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

SUMMARY_BYTES = 1024 * 1024
SHORTENED = "\n\n> The rest of this report is larger than a job summary may be.\n"

OUTPUT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class RunnerFiles:
    """The files of the step that is running; None where there is no runner."""

    output: Path | None = None
    summary: Path | None = None

    def write_outputs(self, values: Mapping[str, str]) -> None:
        """Set the step's outputs, in the order given; without a runner, nothing happens."""
        _append(self.output, "".join(heredoc(name, value) for name, value in values.items()))

    def write_summary(self, markdown: str) -> None:
        """Append to the job summary, of which GitHub shows `SUMMARY_BYTES` in all a step."""
        if self.summary is not None:
            taken = self.summary.stat().st_size if self.summary.exists() else 0
            # One byte is kept for the line break that `_append` may have to write first.
            _append(self.summary, shorten(markdown, SUMMARY_BYTES - taken - 1))


def runner_files(environ: Mapping[str, str]) -> RunnerFiles:
    """The files that the runner names in `environ`."""

    def path(name: str) -> Path | None:
        value = environ.get(name)
        # A folder that does not exist is how a GITHUB_* variable looks that leaked from elsewhere.
        return Path(value) if value and Path(value).parent.is_dir() else None

    return RunnerFiles(output=path("GITHUB_OUTPUT"), summary=path("GITHUB_STEP_SUMMARY"))


def heredoc(
    name: str, value: str, delimiters: Callable[[], str] = lambda: secrets.token_hex(16)
) -> str:
    """One output as the runner reads it, between delimiters that `value` does not contain."""
    if not OUTPUT_NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of an output")
    delimiter = f"seeknal-ci-{delimiters()}"
    while delimiter in value:
        delimiter = f"seeknal-ci-{delimiters()}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def mask_secrets(secrets_: Iterable[str], stream: TextIO) -> None:
    """Ask the runner to print `***` for each secret from here on.

    The runner masks a line at a time, so a secret of several lines is given line by line too.
    """
    for secret in secrets_:
        for text in dict.fromkeys((secret, *secret.splitlines())):
            if text.strip():
                stream.write(f"::add-mask::{_escaped(text)}\n")
    stream.flush()


def shorten(markdown: str, limit: int) -> str:
    """`markdown` in at most `limit` bytes of UTF-8; what is cut is cut between blocks.

    A cut never falls inside a fence, a table or `<details>`, and is followed by a line that says
    that something is missing. Where not even that line fits, nothing is left.
    """
    if len(_encoded(markdown)) <= limit:
        return markdown
    room = limit - len(_encoded(SHORTENED))
    if room < 0:
        return ""
    return markdown[: _last_gap(markdown, room)] + SHORTENED


def _last_gap(markdown: str, room: int) -> int:
    """Where the last blank line stands that is outside every block and within `room` bytes."""
    gap = position = size = depth = 0
    fence = ""
    for line in markdown.split("\n"):
        text = line.strip()
        if not text and not fence and depth == 0:
            gap = position
        fence = _fence_after(text, fence)
        if not fence:
            depth += text.count("<details") - text.count("</details>")
        position += len(line) + 1
        size += len(_encoded(line)) + 1
        if size > room:
            break
    return gap


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after `line`; a closing one is no shorter than its opening one."""
    found = re.match(r"`{3,}|~{3,}", line)
    if not fence:
        return found.group() if found else ""
    closes = found is not None and line == found.group() and line.startswith(fence)
    return "" if closes else fence


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _encoded(text: str) -> bytes:
    # File names that are not UTF-8 reach Python as lone surrogates.
    return text.encode("utf-8", errors="replace")


def _append(path: Path | None, text: str) -> None:
    if path is None or not text:
        return
    with path.open("a+b") as file:
        size = file.seek(0, 2)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(_encoded(text))
