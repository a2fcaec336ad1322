"""The event that GitHub wrote to a file: JSON from outside, read with a cap and checked by type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seeknal_ci.errors import SeeknalCiError

# GitHub itself delivers no payload above 25 MB.
PAYLOAD_BYTES = 25 * 1024 * 1024

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
RERUN = "run the workflow again; GITHUB_EVENT_PATH must name the file that the runner wrote"


@dataclass(frozen=True, slots=True)
class Payload:
    """The event's JSON; every look-up says what it expects to find."""

    path: Path | None = None
    content: Mapping[str, Any] = field(default_factory=dict)

    def value(self, *keys: str) -> object:
        """What stands at a path of keys; None where the path ends early."""
        found: Any = self.content
        for key in keys:
            if not isinstance(found, dict):
                return None
            found = found.get(key)
        return found

    def text(self, *keys: str) -> str | None:
        """A string, or None where there is none."""
        found = self.value(*keys)
        return found if isinstance(found, str) else None

    def flag(self, *keys: str) -> bool:
        """True only where the payload says `true`."""
        return self.value(*keys) is True

    def commit(self, *keys: str) -> str:
        """A full commit id; anything else is an error."""
        found = self.text(*keys)
        if found is None or not COMMIT.fullmatch(found):
            raise self.malformed(f"has no commit id at `{'.'.join(keys)}`")
        return found

    def number(self, *keys: str) -> int:
        """A positive whole number; anything else is an error."""
        found = self.value(*keys)
        if not isinstance(found, int) or isinstance(found, bool) or found < 1:
            raise self.malformed(f"has no number at `{'.'.join(keys)}`")
        return found

    def malformed(self, how: str) -> SeeknalCiError:
        """The error for a payload that is not what its event promises."""
        where = None if self.path is None else str(self.path)
        return SeeknalCiError(f"the event's payload {how}", where=where, fix=RERUN)


def read_payload(path: Path) -> Payload:
    """The payload in a file of at most `PAYLOAD_BYTES`.

    Raises SeeknalCiError where the file cannot be read, is larger, or holds no JSON object.
    """
    empty = Payload(path)
    try:
        with path.open("rb") as file:
            raw = file.read(PAYLOAD_BYTES + 1)
    except OSError as error:
        raise empty.malformed(f"cannot be read: {error.strerror}") from error
    if len(raw) > PAYLOAD_BYTES:
        raise empty.malformed(f"is larger than {PAYLOAD_BYTES} bytes")
    try:
        content = json.loads(raw)
    # A deep nest of brackets ends in RecursionError, which is no ValueError.
    except (ValueError, RecursionError) as error:
        raise empty.malformed("is not JSON") from error
    if not isinstance(content, dict):
        raise empty.malformed("is not a JSON object")
    return Payload(path, content)
