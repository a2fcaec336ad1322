"""The Jinja environment of the comment: sandboxed, strict, and unable to print raw text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import resources
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.render.escape import Safe, code_span, fence, html_code, link, prose
from seeknal_ci.render.views import CommentView
from seeknal_ci.render.wording import plural, short

BUILT_IN = "comment.md.j2"
_ICONS = {"errors": "❌", "BREAKING": "🔴", "NON_BREAKING": "🔵", "METADATA": "⚪", "none": "🟢"}
# What a template that is not ours can get wrong at run time, beside Jinja's own errors.
_MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class UnsafeTextError(jinja2.TemplateRuntimeError):
    """A template tried to print a text that no filter has made harmless."""


class CommentEnvironment(ImmutableSandboxedEnvironment):
    """An environment whose every output has passed the guard, piece by piece.

    So what macros, `super()` and `{% set %}` blocks put together is safe as well.
    """

    @staticmethod
    def concat(pieces: Iterable[str]) -> Safe:
        """The pieces of a template, already printed."""
        return Safe("".join(pieces))


def render_template(view: CommentView, marker: Safe, source: str | None) -> str:
    """The comment, by the built-in template or by a project's own.

    Raises SeeknalCiError for a template of the project that does not work.
    """
    environment = _environment()
    if source is None:
        return environment.get_template(BUILT_IN).render(view=view, marker=marker)
    try:
        return environment.from_string(source).render(view=view, marker=marker)
    except jinja2.TemplateSyntaxError as error:
        raise _broken(error.message or "a syntax error", f"line {error.lineno}") from error
    except jinja2.TemplateNotFound as error:
        raise _broken(f"there is no template named {error.name}", None) from error
    except (jinja2.TemplateError, *_MISTAKES) as error:
        raise _broken(str(error) or type(error).__name__, _line_of(error)) from error


def guard(value: object) -> Safe:
    """What a template may print: text that a filter has made safe, and whole numbers."""
    if isinstance(value, Safe):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Safe(value)
    if isinstance(value, jinja2.Undefined):
        return Safe(value)  # a strict one raises its own explanation
    kind = "a text" if isinstance(value, str) else f"a {type(value).__name__}"
    raise UnsafeTextError(f"{kind} is printed without a filter that makes it safe")


def _environment() -> CommentEnvironment:
    folder = resources.files("seeknal_ci.render") / "templates"
    names = (BUILT_IN, "cells.md.j2")
    environment = CommentEnvironment(
        loader=jinja2.DictLoader({n: (folder / n).read_text(encoding="utf-8") for n in names}),
        undefined=jinja2.StrictUndefined,
        finalize=guard,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    environment.globals["icon"] = lambda verdict: Safe(_ICONS[verdict])
    return environment


def _text(escape: Callable[[str], Safe]) -> Callable[[object], Safe]:
    """A filter for texts; an undefined value explains itself, another type is refused."""

    def escaped(value: object) -> Safe:
        if isinstance(value, jinja2.Undefined):
            return guard(value)
        if not isinstance(value, str):
            raise UnsafeTextError(f"a {type(value).__name__} stands where a text should")
        return escape(value)

    return escaped


def _link(label: Safe, url: str | None, page: str = "") -> Safe:
    return link(guard(label), None if url is None else url + page)


_FILTERS: dict[str, Any] = {
    "code": _text(code_span),
    "code_cell": _text(lambda text: code_span(text, in_table=True)),
    "html_code": _text(html_code),
    "prose": _text(prose),
    "prose_cell": _text(lambda text: prose(text, in_table=True)),
    "fence": fence,
    "link": _link,
    "commit": lambda commit: prose(short(commit)),
    "digest": lambda digest: prose(digest.removeprefix("sha256:")[:12]),
    "number": lambda count: Safe(f"{int(count):,}"),
    "plural": lambda count, noun: prose(plural(int(count), noun)),
}


def _line_of(error: BaseException) -> str | None:
    """The line of the project's template that the error came from, as Jinja rewrote it."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return None if line is None else f"line {line}"


def _broken(problem: str, line: str | None) -> SeeknalCiError:
    return SeeknalCiError(
        f"the comment's template cannot be rendered: {problem}",
        where=line and f"{line} of the template",
        fix="correct the template, or remove comment.template from seeknal-ci.yml; "
        "texts are printed through a filter: code, code_cell, prose, prose_cell",
    )
