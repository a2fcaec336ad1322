"""The first line of a comment, by which the next run finds it."""

from __future__ import annotations

import json

from seeknal_ci.render.escape import Safe
from seeknal_ci.render.views import CommentView


def marker_of(view: CommentView) -> Safe:
    """An HTML comment that no text inside can end; what is not known is an empty string."""
    fields = {
        "v": 1,
        "id": view.id,
        "head": view.provenance.head or "",
        "digest": view.provenance.digest or "",
        "truncated": view.truncated,
    }
    text = json.dumps(fields, separators=(",", ":")).replace("--", "\\u002d\\u002d")
    return Safe(f"<!-- seeknal-ci {text} -->")
