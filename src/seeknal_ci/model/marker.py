"""The first line of a comment of ours, by which the next run finds it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MARKER = re.compile(r"<!-- seeknal-ci (\{.*\}) -->")


@dataclass(frozen=True, slots=True)
class Marker:
    """The first line of a comment of ours: whose it is, and of which commit it speaks.

    `head` is the pull request's head commit, never the test merge that GitHub checks out.
    """

    id: str
    head: str
    digest: str
    truncated: bool = False

    def __str__(self) -> str:
        fields = {
            "v": 1,
            "id": self.id,
            "head": self.head,
            "digest": self.digest,
            "truncated": self.truncated,
        }
        # In HTML `--` ends a comment; JSON has `-` outside of strings only before a number.
        text = json.dumps(fields, separators=(",", ":")).replace("--", "-\\u002d")
        return f"<!-- seeknal-ci {text} -->"


def parse_marker(body: str) -> Marker | None:
    """The marker in the first line of a comment; None where there is none that can be read.

    A later version's marker is read as far as it is known, so that its comment is found too.
    """
    first = body.split("\n", 1)[0].strip()
    found = MARKER.fullmatch(first)
    if found is None:
        return None
    try:
        fields = json.loads(found.group(1))
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields.get("id"), str):
        return None
    return Marker(
        id=fields["id"],
        head=str(fields.get("head")),
        digest=str(fields.get("digest")),
        truncated=fields.get("truncated") is True,
    )
