"""The fields of one document, with their places, and the problems found in them."""

from __future__ import annotations

from seeknal_ci.manifest.yaml_reader import Document
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import Json, Located, SqlText


class Fields:
    """One document of one file; what is wrong with it gathers in `problems`."""

    def __init__(self, path: str, document: Document) -> None:
        assert isinstance(document.value, dict), "only mappings are read as nodes"
        self.path = path
        self.document = document
        self.value: dict[str, Json] = document.value
        self.problems: list[Problem] = []

    def place(self, *keys: str | int) -> Place:
        """The place of a field, or of the nearest field around it that has one."""
        path = [str(key) for key in keys]
        while path:
            mark = self.document.marks.get(".".join(path))
            if mark is not None:
                return Place(self.path, *mark)
            path.pop()
        return Place(self.path, self.document.line)

    def located(self, name: str, *keys: str | int) -> Located:
        """A name that a field gives, with the field's place."""
        return Located(name, self.place(*keys))

    def sql(self, text: str, *keys: str | int) -> SqlText:
        """SQL that a field gives, so that its lines can be told from the file's."""
        place = self.place(*keys)
        mark = self.document.literal.get(".".join(str(key) for key in keys))
        if mark is None:
            return SqlText(text, place, literal=False)
        line, column = mark
        return SqlText(text, Place(place.path, line, column), indent=column - 1)

    def problem(
        self,
        code: str,
        message: str,
        fix: str,
        place: Place,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Remember something to repair."""
        node = f"{self.value.get('kind')}.{self.value.get('name')}"
        self.problems.append(Problem(place, code, message, fix=fix, node=node, severity=severity))

    @property
    def failed(self) -> bool:
        """True if any problem is an error."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)
