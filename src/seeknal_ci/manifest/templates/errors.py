"""Templates that cannot be filled in: what is wrong, and how to repair it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from seeknal_ci.model.place import Place


class TemplateError(ValueError):
    """What is wrong with a template, where, and how to repair it."""

    def __init__(self, code: str, message: str, fix: str, place: Place) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.place = place


def unknown(name: str, known: Iterable[str], unread: Place | None, place: Place) -> TemplateError:
    """A name that nothing has; `unread` is why it may be known all the same."""
    if unread is not None:
        return TemplateError(
            "template-unread",
            f"`{{{{ {name} }}}}` cannot be filled in, as {unread.path} cannot be read",
            f"correct {unread} first",
            place,
        )
    if name.startswith("ref("):
        fix = f"write `{name}` without the braces"
    elif "|" in name:
        fix = "remove what comes after `|`; only `env:` takes it, for a default"
    else:
        close = get_close_matches(name, list(known), n=1, cutoff=0.5)
        fix = f"did you mean `{{{{ {close[0]} }}}}`?" if close else _WHERE
    said = "filters" if "|" in name else "functions" if "(" in name else None
    message = (
        f"`{{{{ {name} }}}}` stands for nothing that is known"
        if said is None
        else f"`{{{{ {name} }}}}` cannot be filled in: templates have no {said} of that kind"
    )
    return TemplateError("template-unknown", message, fix, place)


def unknown_alias(word: str, aliases: Iterable[str], place: Place) -> TemplateError:
    """The error for `$name` in a node whose inputs have names."""
    close = get_close_matches(word, list(aliases), n=1)
    fix = f"did you mean `{close[0]}`?" if close else "name it under `inputs:`"
    return TemplateError("template-unknown", f"`{word}` is no input of the node", fix, place)


_WHERE = "add it to the node's `params:`, or to a file in seeknal/common/"


def no_jinja(text: str, place: Place) -> TemplateError:
    """The error for `{% … %}` and `{# … #}`."""
    return TemplateError(
        "template-statement",
        f"`{text.splitlines()[0]}` is a statement of Jinja, and Seeknal has none",
        "write the SQL itself; templates are `{{ names }}` alone",
        place,
    )


def unclosed(place: Place) -> TemplateError:
    """The error for `{{` without its `}}`."""
    return TemplateError(
        "template-unclosed",
        "a template is opened here with `{{` and not closed",
        "write `}}` after its name; a template holds no other braces",
        place,
    )


def empty(place: Place) -> TemplateError:
    """The error for `{{ }}`."""
    return TemplateError(
        "template-empty", "a template is empty", "write a name in it, or remove it", place
    )


def bad_argument(message: str, place: Place) -> TemplateError:
    """The error for a date or a variable that is asked for in a way that nobody understands."""
    fix = "write it as `{{ today(-1) }}`, or `{{ env:VARIABLE|default }}`"
    return TemplateError("template-argument", message, fix, place)


def no_name(symbol: str, place: Place) -> TemplateError:
    """The error for a value of a run where SQL has a name, or part of one."""
    return TemplateError(
        "template-place",
        f"`{symbol}` is known only in a run, and cannot be a name or a part of a word",
        "put it in quotes, or between spaces where a number, a date or a text may stand",
        place,
    )


def left_open(template: str, region: str, place: Place) -> TemplateError:
    """The error for a snippet that does not end where it began."""
    return TemplateError(
        "template-open",
        f"`{template}` opens or closes {region}, and leaves it so",
        "let it close all that it opens, and nothing else",
        place,
    )


def circle(names: Iterable[str], place: Place) -> TemplateError:
    """The error for snippets that use each other."""
    return TemplateError(
        "template-cycle",
        f"templates stand for each other in a circle, or too deeply: {' → '.join(names)}",
        "remove one of these templates",
        place,
    )


def too_long(place: Place) -> TemplateError:
    """The error for snippets that multiply."""
    return TemplateError(
        "template-too-long",
        "the templates of this text stand for too much",
        "use fewer of them, or shorter ones",
        place,
    )


def no_value(name: str, place: Place) -> TemplateError:
    """The error for a parameter that is a list or a mapping."""
    return TemplateError(
        "template-value",
        f"`{{{{ {name} }}}}` is no single value, and cannot be put into text",
        f"make `params.{name}` a text or a number",
        place,
    )


def ambiguous(name: str, place: Place) -> TemplateError:
    """The error for a name that is both an input's and a parameter's."""
    return TemplateError(
        "template-ambiguous",
        f"`{{{{ {name} }}}}` is an input of the node, and one of its `params`",
        "rename one of the two",
        place,
    )
