"""What the templates of one node may ask for, and what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seeknal_ci.manifest.shared import Shared
from seeknal_ci.manifest.templates import errors
from seeknal_ci.model.node import Node
from seeknal_ci.model.pieces import Snippet
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Json, SqlText
from seeknal_ci.model.template import WORDS
from seeknal_ci.sql.placeholders import quoted


@dataclass(frozen=True)
class Names:
    """A node's inputs by their aliases, its `params`, and what the project shares."""

    node: Node
    shared: Shared

    @property
    def has_aliases(self) -> bool:
        """True where `$name` may be an input."""
        return any(edge.aliases for edge in self.node.inputs)

    def alias(self, word: str, place: Place) -> Snippet:
        """The input that `$word` names. Raises TemplateError."""
        found = self._input(word[1:])
        if found is None:
            aliases = [f"${alias}" for edge in self.node.inputs for alias in edge.aliases]
            raise errors.unknown_alias(word, aliases, place)
        return found

    def find(self, name: str, place: Place) -> Snippet:
        """The text that a template stands for. Raises TemplateError."""
        if not name:
            raise errors.empty(place)
        edge, parameter = self._input(name), self._parameter(name, place)
        if edge is not None and parameter is not None:
            raise errors.ambiguous(name, place)
        found = edge or parameter or self.shared.find(name)
        if found is None:
            raise errors.unknown(name, self._known(), self.shared.unread_of(name), place)
        return found

    def _input(self, alias: str) -> Snippet | None:
        for edge in self.node.inputs:
            if alias in edge.aliases:
                return Snippet(alias, SqlText(quoted(edge.ref), edge.place, literal=False))
        return None

    def _parameter(self, name: str, place: Place) -> Snippet | None:
        params = self.node.definition.get("params")
        if not isinstance(params, dict) or name not in params:
            return None
        text = _single(params[name])
        if text is None:
            raise errors.no_value(name, place)
        return Snippet(name, SqlText(text, self.node.place_of("params", name), literal=False))

    def _known(self) -> Iterator[str]:
        params = self.node.definition.get("params")
        yield from (alias for edge in self.node.inputs for alias in edge.aliases)
        yield from params if isinstance(params, dict) else ()
        yield from self.shared.snippets
        yield from (word for word in WORDS if word != "env")


def _single(value: Json) -> str | None:
    """A value as SQL has it; None for what is no single value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str) else None
