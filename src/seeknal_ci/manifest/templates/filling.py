"""Templates in a node's text, filled in before its SQL is parsed.

What is the same on every day and every machine is put in as text: the node's `params`, the names
of its inputs, and the project's shared snippets, which may hold templates of their own. All else
stays a symbol, in one spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from seeknal_ci.manifest.templates import errors
from seeknal_ci.manifest.templates.errors import TemplateError
from seeknal_ci.manifest.templates.names import Names
from seeknal_ci.model.pieces import Piece, Snippet, Spot, Within
from seeknal_ci.model.place import Inside, Place
from seeknal_ci.model.spec import Located, SqlText
from seeknal_ci.model.template import Symbol, symbol_of
from seeknal_ci.sql.placeholders import placeholder
from seeknal_ci.sql.regions import Reader, Region

OPEN = re.compile(r"\{\{")
TEMPLATE = re.compile(r"\{\{([^{}]*)\}\}")

# Snippets within snippets, snippets of a text, and its characters: nobody needs as many.
DEEPEST = 20
MOST = 10_000
LONGEST = 1 << 20

# Beside these, a value would become part of a name, of a number or of a text.
GLUED_BEFORE = re.compile(r"""[\w.$'"]\Z""")
GLUED_AFTER = re.compile(r"""[\w.$'"(\[]""")


@dataclass(frozen=True, slots=True)
class _Source:
    """A text that is read: the node's own, or that of a snippet, for the template at `outer`."""

    text: SqlText
    start: int
    end: int
    snippet: Snippet | None = None
    outer: Spot = (1, 1)

    def spot(self, position: int) -> Spot:
        """The line and column of a character."""
        before = self.text.text[:position]
        return before.count("\n") + 1, position - before.rfind("\n")


def filled_sql(sql: SqlText, names: Names) -> tuple[SqlText, tuple[Located, ...]]:
    """The SQL with its templates filled in, and the symbols left in it, with their places.

    Raises TemplateError for the first template that cannot be filled in.
    """
    filling = _Filling(sql, names, Reader())
    filling.read(_Source(sql, 0, len(sql.text)))
    symbols = tuple(filling.symbols)
    filled = replace(
        sql,
        text="".join(filling.parts),
        pieces=tuple(filling.pieces),
        symbols=tuple(symbol.name for symbol in symbols),
    )
    return filled, symbols


def filled_text(text: str, place: Place, names: Names) -> tuple[str, tuple[Located, ...]]:
    """Text that is no SQL, as a path, with its templates filled in, and the symbols left in it.

    Raises TemplateError.
    """
    filling = _Filling(SqlText(text, place, literal=False), names, None)
    filling.read(_Source(filling.own, 0, len(text)))
    return "".join(filling.parts), tuple(filling.symbols)


@dataclass
class _Filling:
    """One text being filled. `reader` is None for text that is no SQL."""

    own: SqlText
    names: Names
    reader: Reader | None
    parts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    symbols: list[Located] = field(default_factory=list)
    at: Spot = (1, 1)
    length: int = 0
    snippets: int = 0
    # What to raise if the next character touches the symbol before it.
    glued: TemplateError | None = None

    def read(self, source: _Source, stack: tuple[str, ...] = ()) -> None:
        """Put out a text, and what its templates stand for."""
        text, position = source.text.text[: source.end], source.start
        while (match := self._find(text, position)) is not None:
            start = match.start()
            self._put(text[position:start], source, position)
            position = self._template(match[0], text, start, source, stack)
        self._put(text[position:], source, position)

    def _find(self, text: str, start: int) -> re.Match[str] | None:
        if self.reader is None:
            return OPEN.search(text, start)
        while (match := self.reader.find(text, start)) is not None:
            if match[0][0] != "$" or self.names.has_aliases:
                return match
            start = match.end()
        return None

    def _template(
        self, mark: str, text: str, start: int, source: _Source, stack: tuple[str, ...]
    ) -> int:
        """Put out what the template at `start` stands for; returns where it ends."""
        where = self._place(source, start)
        if mark.startswith("$"):
            self._snippet(self.names.alias(mark, where), source, start, stack, where)
            return start + len(mark)
        if mark != "{{":
            raise errors.no_jinja(text[start : start + 20], where)
        match = TEMPLATE.match(text, start)
        if match is None:
            raise errors.unclosed(where)
        try:
            symbol = symbol_of(match[1])
        except ValueError as error:
            raise errors.bad_argument(str(error), where) from error
        if symbol is not None:
            self._symbol(symbol, match, source, where)
        else:
            snippet = self.names.find(match[1].strip(), where)
            self._snippet(snippet, source, start, stack, where)
        return match.end()

    def _snippet(
        self, snippet: Snippet, source: _Source, start: int, stack: tuple[str, ...], where: Place
    ) -> None:
        if snippet.name in stack or len(stack) >= DEEPEST:
            raise errors.circle((*stack, snippet.name), where)
        self.snippets += 1
        if self.snippets > MOST:
            raise errors.too_long(where)
        text = snippet.text.text
        begin, end = len(text) - len(text.lstrip()), len(text.rstrip())
        outer = source.spot(start) if source.snippet is None else source.outer
        before = self.reader.state if self.reader else None
        self.read(
            _Source(snippet.text, begin, max(begin, end), snippet, outer), (*stack, snippet.name)
        )
        if self.reader and self.reader.state != before:
            self._close(snippet, source, start, before, where)

    def _close(
        self, snippet: Snippet, source: _Source, start: int, before: object, where: Place
    ) -> None:
        """End a comment with which a snippet ends; nothing else that it opens may stay open."""
        assert self.reader is not None, "only SQL has something to be closed"
        region = self.reader.region
        self.reader.close_line()
        if self.reader.state != before:
            raise errors.left_open(snippet.template, region.value, where)
        self._put("\n", source, start, fixed=True)

    def _symbol(self, symbol: Symbol, match: re.Match[str], source: _Source, where: Place) -> None:
        written = text = str(symbol)
        region, tag = self.reader.state[:2] if self.reader else (None, "")
        if region is Region.NAME or (tag and tag in written):
            raise errors.no_name(written, where)
        glued = None
        if region is Region.TEXT:
            text = written.replace("'", "''")
        elif region is Region.CODE:
            glued = errors.no_name(written, where)
            if self.parts and GLUED_BEFORE.search(self.parts[-1]):
                raise glued
            text = placeholder(symbol)
        self._put(text, source, match.start(), fixed=True)
        self.glued = glued
        self.symbols.append(Located(written, where))

    def _put(self, text: str, source: _Source, position: int, *, fixed: bool = False) -> None:
        """Put out text that is written at a position of its source, or stands for what is."""
        if not text:
            return
        if self.glued is not None and GLUED_AFTER.match(text):
            raise self.glued
        self.glued = None
        spot = source.spot(position)
        if source.snippet is None:
            self.pieces.append(Piece(self.at, spot, fixed))
        else:
            within = Within(source.snippet, spot, fixed)
            self.pieces.append(Piece(self.at, source.outer, True, within))
        self.parts.append(text)
        self.length += len(text)
        if self.length > LONGEST:
            raise errors.too_long(self._place(source, position))
        lines = text.count("\n")
        line, column = self.at
        self.at = (line + lines, len(text) - text.rfind("\n") if lines else column + len(text))

    def _place(self, source: _Source, position: int) -> Place:
        spot = source.spot(position)
        if source.snippet is None:
            return self.own.place_of(*spot)
        place = source.text.place_of(*spot)
        inside = Inside(source.snippet.template, place)
        return replace(self.own.place_of(*source.outer), inside=inside)
