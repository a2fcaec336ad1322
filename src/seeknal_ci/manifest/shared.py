"""What a project shares among its nodes: `seeknal/common/{sources,rules,transformations}.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.yaml_reader import Document, read_documents
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.pieces import Snippet
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import Json, SqlText

# The list that a file holds, and the field with the text of an entry; of a source, its `params`.
TEXTS: Mapping[str, str] = {"sources": "ref", "rules": "value", "transformations": "sql"}

# The word before the dot that means a list; any other word is the id of a source. Seeknal's
# documentation calls transformations by both names.
PREFIXES: Mapping[str, str] = {
    "rules": "rules",
    "transforms": "transformations",
    "transformations": "transformations",
}
TAKEN = (*PREFIXES, "params", "env")
NAME = re.compile(r"[^\s{}|()'\"]+")
ALSO = ("description", "owner", "tags", "name")


@dataclass(frozen=True, slots=True)
class Shared:
    """Snippets by name (`events.idCol`, `rules.paid`), and what is wrong with their files.

    `unread` has the lists of which a file cannot be read, and the place of what is wrong there.
    """

    snippets: Mapping[str, Snippet] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unread: Mapping[str, Place] = field(default_factory=dict)

    def find(self, name: str) -> Snippet | None:
        """The snippet that a template asks for."""
        return self.snippets.get(_one_name(name))

    def unread_of(self, name: str) -> Place | None:
        """Why a name may not be known: what is wrong with the file that may define it."""
        return self.unread.get(PREFIXES.get(name.partition(".")[0], "sources"))


def _one_name(name: str) -> str:
    prefix, _, rest = name.partition(".")
    return f"transforms.{rest}" if prefix == "transformations" else name


def shared_files(files: FileTree, folder: str) -> tuple[str, ...]:
    """Paths of the shared files that there are in `folder`, which ends with a slash."""
    paths = (f"{folder}{name}{end}" for name in TEXTS for end in (".yml", ".yaml"))
    return tuple(path for path in paths if path in files.blobs)


def read_shared(files: FileTree, paths: Iterable[str]) -> Shared:
    """Everything that these files share, and everything wrong with them."""
    snippets: dict[str, Snippet] = {}
    problems: list[Problem] = []
    unread: dict[str, Place] = {}
    for path in paths:
        name = path.rpartition("/")[2].rpartition(".")[0]
        documents, wrong = read_documents(path, files.read(path))
        for document in documents:
            found, more = _read(path, name, document)
            wrong = (*wrong, *more)
            for snippet in found:
                twin = snippets.setdefault(snippet.name, snippet)
                if twin is not snippet:
                    wrong = (*wrong, _twice(snippet, twin))
        if any(problem.severity is Severity.ERROR for problem in wrong):
            unread.setdefault(name, wrong[0].place)
        problems += wrong
        if path.endswith(".yaml"):
            problems.append(_unread_by_seeknal(path))
    return Shared(snippets, tuple(problems), unread)


def _read(path: str, name: str, document: Document) -> tuple[list[Snippet], list[Problem]]:
    """The snippets of one document."""
    if document.value is None:
        return [], []
    if not isinstance(document.value, dict):
        place = Place(path, document.line)
        fix = f"write `{name}:` and a list below it"
        return [], [Problem(place, "invalid-snippet", "the file is no mapping", fix=fix)]
    fields = Fields(path, document)
    problems = [_unknown(fields, (key,), (name,)) for key in fields.value if key != name]
    entries = fields.value.get(name)
    if entries is None:
        return [], problems
    if not isinstance(entries, list):
        fix = "write each entry in a line of its own, after `- `"
        return [], [*problems, _invalid(fields, (name,), f"`{name}` is no list", fix)]
    found: list[Snippet] = []
    for index, entry in enumerate(entries):
        snippets, wrong = _entry(fields, name, index, entry)
        found += snippets
        problems += wrong
    return found, problems


def _entry(
    fields: Fields, name: str, index: int, entry: Json
) -> tuple[list[Snippet], list[Problem]]:
    """The snippets that one entry of a list makes."""
    at, field_ = (name, index), TEXTS[name]
    if not isinstance(entry, dict):
        fix = f"write it as `- {{id: …, {field_}: …}}`"
        return [], [_invalid(fields, at, f"an entry of `{name}` is no mapping", fix)]
    known = ("id", field_, *(("params",) if name == "sources" else ()), *ALSO)
    problems = [_unknown(fields, (*at, key), known[:3]) for key in entry if key not in known]
    wrong = [
        _invalid(fields, (*at, key), f"an entry of `{name}` needs `{key}`, a text", f"add `{key}:`")
        for key in ("id", field_)
        if _text(entry.get(key)) is None
    ]
    identifier = _text(entry.get("id"))
    if identifier is not None and (not NAME.fullmatch(identifier) or identifier in TAKEN):
        wrong.append(_invalid(fields, (*at, "id"), f"`{identifier}` cannot be an id", "rename it"))
    if identifier is None or wrong:
        return [], [*problems, *wrong]
    prefix = {"rules": "rules", "transformations": "transforms"}.get(name)
    if prefix is not None:
        text = _sql(fields, entry[field_], (*at, field_))
        return [Snippet(f"{prefix}.{identifier}", text)], problems
    found, more = _params(fields, at, identifier, entry.get("params"))
    ref = Snippet(f"{identifier}.ref", _sql(fields, entry["ref"], (*at, "ref")))
    return [ref, *found], [*problems, *more]


def _params(
    fields: Fields, at: tuple[str | int, ...], identifier: str, params: Json
) -> tuple[list[Snippet], list[Problem]]:
    if params is None:
        return [], []
    at = (*at, "params")
    if not isinstance(params, dict):
        return [], [_invalid(fields, at, "`params` is no mapping", "write it as `key: value`")]
    found = [
        Snippet(f"{identifier}.{key}", _sql(fields, value, (*at, key)))
        for key, value in params.items()
        if _text(value) is not None
    ]
    wrong = [
        _invalid(
            fields, (*at, key), f"`params.{key}` is no text and no number", "give it one value"
        )
        for key, value in params.items()
        if _text(value) is None
    ]
    return found, wrong


def _text(value: Json) -> str | None:
    """What a template puts in its place; None for what is no single value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value.strip() or None if isinstance(value, str) else None


def _sql(fields: Fields, value: Json, at: tuple[str | int, ...]) -> SqlText:
    text = value if isinstance(value, str) else _text(value)
    assert text is not None, "checked before"
    return fields.sql(text, *at)


def _invalid(fields: Fields, at: tuple[str | int, ...], message: str, fix: str) -> Problem:
    return Problem(fields.place(*at), "invalid-snippet", message, fix=fix)


def _unknown(fields: Fields, at: tuple[str | int, ...], known: Iterable[str]) -> Problem:
    close = get_close_matches(str(at[-1]), list(known), n=1)
    return Problem(
        fields.place(*at),
        "unknown-field",
        f"`{at[-1]}` means nothing here; it is not looked at",
        fix=f"did you mean `{close[0]}`?" if close else "remove it, or correct its name",
        severity=Severity.WARNING,
    )


def _twice(snippet: Snippet, twin: Snippet) -> Problem:
    return Problem(
        snippet.text.place,
        "duplicate-snippet",
        f"`{snippet.name}` is defined twice, first at {twin.text.place}",
        fix="rename or remove one of the two",
        related=twin.text.place,
    )


def _unread_by_seeknal(path: str) -> Problem:
    return Problem(
        Place(path),
        "yaml-extension",
        "this is a .yaml file, and Seeknal itself reads only .yml",
        fix="rename the file to .yml",
        severity=Severity.WARNING,
    )
