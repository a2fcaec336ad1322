"""The first line of a comment, by which the next run finds it."""

from __future__ import annotations

from seeknal_ci.model.marker import Marker
from seeknal_ci.render.escape import Safe
from seeknal_ci.render.views import CommentView


def marker_of(view: CommentView) -> Safe:
    """An HTML comment that no text inside can end; what is not known is an empty string."""
    provenance = view.provenance
    marker = Marker(view.id, provenance.head or "", provenance.digest or "", view.truncated)
    return Safe(str(marker))
