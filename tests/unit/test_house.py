"""The house rules that code can hold itself to: layers, owners, sizes, no swallowed errors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "seeknal_ci"

# From the top down: a module may import from its own layer and from those after it.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("commands",),
    ("settings", "settings_file"),
    ("apply", "promote", "render", "git", "github", "warehouse", "ledger", "demo"),
    ("warehouse.protocol", "warehouse.identifiers"),
    ("plan", "build_id", "lineage", "naming", "retention"),
    ("classify",),
    ("diff",),
    ("manifest",),
    ("sql",),
    ("model",),
    ("errors",),
)

# Siblings of one layer that may still know each other: who knows whom, and why.
KNOWN_SIBLINGS = {
    ("settings", "settings_file"),  # the file's shape needs pydantic, which few commands load
    ("settings_file", "settings"),
}

# The one place that knows each dependency.
OWNERS = {
    "click": ("cli",),
    "duckdb": ("warehouse",),
    "github": ("github",),
    "jinja2": ("render",),
    "pydantic": ("manifest", "settings_file"),
    "psycopg": ("warehouse",),
    "pygit2": ("git",),
    "rich": ("render",),
    "sqlglot": ("sql",),
    "tenacity": ("apply",),
    "yaml": ("manifest",),
}

MODULE_LINES = 300
FUNCTION_LINES = 50


def modules() -> Iterator[tuple[str, Path]]:
    """Dotted name below the package, and file, of every module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name:
            yield name, path


def python_files() -> list[Path]:
    """Every Python file of the repository that people maintain."""
    folders = (PACKAGE, ROOT / "tests", ROOT / "benchmarks")
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def layer_of(module: str) -> int | None:
    """The index of a module's layer; the longest name that matches decides."""
    found: tuple[int, int] | None = None
    for index, names in enumerate(LAYERS):
        for name in names:
            matches = module == name or module.startswith(name + ".")
            if matches and (found is None or len(name) > found[0]):
                found = (len(name), index)
    return None if found is None else found[1]


def test_every_module_has_a_layer() -> None:
    assert [name for name, _ in modules() if layer_of(name) is None] == []


def test_imports_point_downward() -> None:
    upward = []
    for name, path in modules():
        for target in imported(path):
            if not target.startswith("seeknal_ci."):
                continue
            target = target.removeprefix("seeknal_ci.")
            own, other = layer_of(name), layer_of(target)
            if own is None or other is None:
                continue
            here, there = name.split(".")[0], target.split(".")[0]
            siblings = own == other and here != there and (here, there) not in KNOWN_SIBLINGS
            if other < own or siblings:
                upward.append(f"{name} imports {target}")
    assert upward == []


@pytest.mark.parametrize("dependency", sorted(OWNERS))
def test_a_dependency_has_one_owner(dependency: str) -> None:
    strangers = [
        name
        for name, path in modules()
        if any(i == dependency or i.startswith(dependency + ".") for i in imported(path))
        and not name.startswith(OWNERS[dependency])
    ]
    assert strangers == []


def test_modules_are_small() -> None:
    sizes = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in python_files()}
    assert {str(p.relative_to(ROOT)): n for p, n in sizes.items() if n > MODULE_LINES} == {}


def test_functions_are_small() -> None:
    long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")
    assert long == []


def test_no_error_is_swallowed() -> None:
    """`except Exception` belongs to the one place that turns errors into exit codes."""
    swallowing = []
    for name, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            )
            silent = all(isinstance(statement, ast.Pass) for statement in node.body)
            if (broad and name != "cli.main") or silent:
                swallowing.append(f"{name}:{node.lineno}")
    assert swallowing == []


def test_nothing_is_mocked() -> None:
    mocks = ("unittest.mock", "mock", "pytest_mock")
    users = [p for p in python_files() if any(i.startswith(mocks) for i in imported(p))]
    assert users == []
