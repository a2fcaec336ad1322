"""The comment on a pull request, and the job summary: the same report in two sizes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.render.fit import grouped, smaller
from seeknal_ci.render.marker import marker_of
from seeknal_ci.render.views import CommentView

# GitHub takes 65,536 characters for a comment and 1 MiB for a job's summary.
COMMENT_BYTES = 60_000
SUMMARY_BYTES = 1 << 20


def render_comment(
    view: CommentView, template_source: str | None = None, *, smallest: bool = False
) -> str:
    """At most 60,000 bytes of Markdown that begin with the marker.

    `smallest` is the last form there is, for a server that refused the larger one. Raises
    SeeknalCiError for a template that fails, loses the marker, or is too long whatever it is given.
    """
    forms = smaller(grouped(view))
    if smallest:
        *_, last = forms
        forms = iter((last,))
    return _first_that_fits(forms, COMMENT_BYTES, template_source)


def render_summary(view: CommentView) -> str:
    """The whole report, every finding a row of its own, in at most 1 MiB."""
    whole = replace(view, rest="in the JSON report")
    return _first_that_fits((whole, *smaller(grouped(whole))), SUMMARY_BYTES, None)


def _first_that_fits(forms: Iterable[CommentView], budget: int, template_source: str | None) -> str:
    size = 0
    for view in forms:
        text = _render(view, template_source)
        size = len(text.encode("utf-8"))
        if size <= budget:
            return text
    raise SeeknalCiError(
        f"the comment has {size:,} bytes at its smallest, and {budget:,} is the limit",
        fix="shorten the template named by comment.template in seeknal-ci.yml",
    )


def _render(view: CommentView, template_source: str | None) -> str:
    # jinja2 is loaded by those who print Markdown, and by nobody else.
    from seeknal_ci.render.template import render_template

    marker = marker_of(view)
    text = render_template(view, marker, template_source).strip("\n") + "\n"
    if text.partition("\n")[0] != marker:
        raise SeeknalCiError(
            "the comment's template does not begin with the marker, by which the next run finds it",
            fix="keep the block `marker`, or make {{ marker }} the template's first line",
        )
    return text
