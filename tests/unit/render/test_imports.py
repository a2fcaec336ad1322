"""What a hook must not pay for: jinja2 and rich are loaded by those who draw with them."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_by(*modules: str) -> set[str]:
    """The packages that a fresh interpreter has loaded after importing `modules`."""
    code = f"import sys, {', '.join(modules)}; print(*{{m.split('.')[0] for m in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "annotations",
        "compose",
        "documents",
        "environment_text",
        "markdown",
        "progress",
        "run_text",
        "text",
    ],
)
def test_neither_jinja2_nor_rich_is_loaded_early(module: str) -> None:
    assert not {"jinja2", "rich"} & loaded_by(f"seeknal_ci.render.{module}")
