"""Forms in which text that anybody may have written is harmless in Markdown and HTML.

Names, messages and paths come from the files of a pull request. Each function here takes such
a text and returns `Safe`, the only type that the comment's template can print.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BACKTICKS = re.compile("`+")
# A code span as CommonMark reads it: a run of backticks, and the next run of the same length;
# or a plain name in single quotes, which is how messages quote columns.
_CODE = re.compile(
    r"(?<!`)(`+)(?!`)(?P<code>.+?)(?<!`)\1(?!`)|(?<![\w`'])'(?P<name>[A-Za-z_]\w*)'(?![\w`'])"
)
_LANGUAGE = re.compile(r"[a-z]*")
_URL = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9._~:/%?=-]*")

# U+200B stops what GitHub adds after Markdown was read: a backslash or an entity does not.
_BREAK = "\u200b"
_PUNCTUATION = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "|": "&#124;",
    "`": "&#96;",
    "\\": "&#92;",
    "$": "<span>$</span>",  # GitHub's own form of a dollar that begins no formula
    "@": "@" + _BREAK,
    "#": "\\#" + _BREAK,
    ".": _BREAK + ".",  # after www, where it makes a link even with the break behind it
} | {character: "\\" + character for character in "*~[]!^"}
_SIGNIFICANT = re.compile(
    r"""
      [&<>|`\\$@\#*~\[\]!^]
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])  # between letters an underscore means nothing
    | :(?=//) | :(?=[\w+-]+:)               # links, and emoji by name
    | (?<=www)\. | (?<=gh)-(?=\d)           # links, and issues of GitHub
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What makes a list or an underlined heading of a line that begins with it.
_LINE_START = re.compile(r"\A(?:(\d+)([.)])(?!\S)|()([-+=:]))")


class Safe(str):
    """Markdown that needs no escaping. What is made from it is a plain `str` again."""

    __slots__ = ()


def visible(text: str) -> str:
    r"""`text` with every character that cannot be seen spelled out, as `\u202e`.

    That is what Python calls not printable: controls, text direction, zero width, odd spaces.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _spelled(c) for c in text)


def terminal(text: str) -> str:
    """`text` on one line of a terminal or of a log of GitHub, which obeys `::` and `##[`."""
    shown = visible(text).replace("##[", "#\\x23[")
    return re.sub(r"\A( *)::", r"\1\\x3a:", shown)


def code_span(text: str, in_table: bool = False) -> Safe:
    """A name as inline code; control characters become spaces."""
    flat = visible(_CONTROLS.sub(" ", text)) or " "
    longest = max((len(run) for run in _BACKTICKS.findall(flat)), default=0)
    fence = "`" * (longest + 1)
    # CommonMark takes one space off each end, where there is one at both.
    padded = flat.strip() and (flat[0] == flat[-1] == " ")
    if padded or flat.startswith("`") or flat.endswith("`"):
        flat = f" {flat} "
    if in_table:
        flat = flat.replace("|", "\\|")
    return Safe(f"{fence}{flat}{fence}")


def html_code(text: str) -> Safe:
    """A name as code inside HTML, as in `<summary>`."""
    flat = visible(_CONTROLS.sub(" ", text))
    return Safe(f"<code>{''.join(map(_entity, flat))}</code>")


def fence(text: str, language: str = "") -> Safe:
    """A block of code; lines stay lines, other control characters become spaces."""
    assert _LANGUAGE.fullmatch(language), "the language is the program's own word"
    lines = [visible(_CONTROLS.sub(" ", line)) for line in text.splitlines()]
    longest = max((len(run) for line in lines for run in _BACKTICKS.findall(line)), default=0)
    marks = "`" * max(3, longest + 1)
    return Safe("\n".join([marks + language, *lines, marks]))


def mermaid_label(text: str, note: str = "") -> Safe:
    """The label of a Mermaid node, brackets and quotes included; `note` is its second line."""
    lines = [_mermaid(visible(_CONTROLS.sub(" ", line))) for line in (text, note) if line]
    return Safe(f'["{"<br/>".join(lines)}"]')


def prose(text: str, in_table: bool = False) -> Safe:
    """A sentence as it reads; what is quoted as `code` or as a 'name' becomes inline code.

    It stays on one line, and starts no list, link, mention, reference, formula or HTML.
    """
    flat = " ".join(_CONTROLS.sub(" ", text).split())
    parts: list[str] = []
    end = 0
    for match in _CODE.finditer(flat):
        parts.append(_plain(flat[end : match.start()], first=end == 0))
        parts.append(code_span(match["name"] or match["code"].strip(), in_table))
        end = match.end()
    parts.append(_plain(flat[end:], first=end == 0))
    return Safe("".join(parts))


def link(label: Safe, url: str | None) -> Safe:
    """`label` as a link; without an address that is surely one, the label alone."""
    if url is None or not _URL.fullmatch(url.partition("#")[0]):
        return label
    address, mark, fragment = url.partition("#")
    return Safe(f"[{label}]({address}{mark}{quote(fragment, safe='')})")


def file_url(base: str | None, path: str, line: int) -> str | None:
    """The address of a line of a file, where the address of the files is known."""
    return None if base is None else f"{base}{quote(path)}#L{line}"


def _plain(text: str, first: bool) -> str:
    """Text outside of code; `first` where it begins the sentence."""
    escaped = _SIGNIFICANT.sub(_harmless, visible(text))
    return _LINE_START.sub(r"\1\3\\\2\4", escaped) if first else escaped


def _harmless(match: re.Match[str]) -> str:
    character = match[0]
    if character == "_":
        return "\\_"
    return _PUNCTUATION.get(character, character + _BREAK)


def _spelled(character: str) -> str:
    code = ord(character)
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _entity(character: str) -> str:
    plain = character == " " or (character.isascii() and character.isalnum())
    entity = character if plain else f"&#{ord(character)};"
    return entity + _BREAK if character == "@" else entity


def _mermaid(text: str) -> str:
    entities = re.sub(r"[^A-Za-z0-9 _./-]", lambda m: f"#{ord(m[0])};", text)
    # Two dollars would begin a formula, and `fa:` an icon.
    return re.sub("(#36;|#58;)", rf"\1#{ord(_BREAK)};", entities)
