"""The header of a script that says what it needs: PEP 723, `# /// script`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from seeknal_ci.manifest.python.source import PythonSource, RefusedError
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Json, Mark

OPEN = "# /// script"
CLOSE = "# ///"
PREFIX = "script"
AT_LINE = re.compile(r"at line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class Header:
    """What the script needs, as fields of a node's definition, and where each stands."""

    fields: Mapping[str, Json] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)


def script_header(source: PythonSource) -> Header:
    """The header of a file, empty where it has none. Raises RefusedError.

    Dependencies are sorted, since their order means nothing.
    """
    starts = [i for i, line in enumerate(source.lines) if line.rstrip() == OPEN]
    if not starts:
        return Header()
    if len(starts) > 1:
        raise _malformed(source, starts[1] + 1, "a second header begins", "keep one of the two")
    body = _body(source, starts[0])
    try:
        said = tomllib.loads("\n".join(line[2:] for line in body))
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(source, starts[0] + 2, len(body), str(error)) from error
    except RecursionError as error:
        fix = "flatten it"
        raise _malformed(source, starts[0] + 1, "it is nested too deeply", fix) from error
    fields: dict[str, Json] = {}
    marks: dict[str, Mark] = {}
    for key, value in said.items():
        name = f"{PREFIX}.{key}"
        fields[name] = _checked(source, starts[0], key, value)
        marks[name] = _line_of(key, body, starts[0] + 2), 1
    return Header(fields, marks)


def _body(source: PythonSource, start: int) -> list[str]:
    """The comment lines between the marks; like uv, the last `# ///` of the comment closes it."""
    end = start + 1
    while end < len(source.lines) and re.match(r"#( |$)", source.lines[end]):
        end += 1
    comment = source.lines[start + 1 : end]
    closing = [i for i, line in enumerate(comment) if line.rstrip() == CLOSE]
    if not closing:
        fix = "end it with a line `# ///`, with `# ` before every line in between"
        raise _malformed(source, start + 1, "it has no end", fix)
    return list(comment[: closing[-1]])


def _checked(source: PythonSource, start: int, key: str, value: object) -> Json:
    line = start + 1
    if key == "dependencies":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            what = "`dependencies` is no list of texts"
            raise _malformed(source, line, what, 'write `dependencies = ["pandas"]`')
        return [*sorted(" ".join(item.split()) for item in value)]
    if key == "requires-python" and not isinstance(value, str):
        what = "`requires-python` is no text"
        raise _malformed(source, line, what, 'write `requires-python = ">=3.11"`')
    return _plain(value)


def _plain(value: object) -> Json:
    """A value of TOML as JSON has it; dates and infinities by their text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | str) else str(value)


def _line_of(key: str, body: list[str], first: int) -> int:
    for index, line in enumerate(body):
        if re.match(rf"# *\[?['\"]?{re.escape(key)}\b", line):
            return first + index
    return first - 1


def _no_toml(source: PythonSource, first: int, length: int, said: str) -> RefusedError:
    found = AT_LINE.search(said)
    line = first + min(int(found[1]) - 1 if found else length, length)
    what = AT_LINE.sub("", said).removesuffix(" ()").removesuffix(" (at end of document)")
    return _malformed(source, line, f"{what[:1].lower()}{what[1:]}", "write it as TOML")


def _malformed(source: PythonSource, line: int, what: str, fix: str) -> RefusedError:
    message = f"the script's header cannot be read: {what}"
    return RefusedError(Problem(Place(source.path, line), "script-header", message, fix=fix))
