"""The demo says what it does, and what it shows is true."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.program import Program
from tests.support.repo import GitRepo


def test_the_demo_walks_from_a_change_to_production(tmp_path: Path) -> None:
    program = Program(GitRepo.init(tmp_path / "here"))

    shown = program.ok("demo", "shop").out

    commands = re.findall(r"^\$ (.*)$", shown, re.MULTILINE)
    assert "seeknal-ci diff main...feature/discount" in commands
    assert "seeknal-ci apply dev" in commands
    assert commands.count("seeknal-ci promote") == 2
    assert "1 NON_BREAKING — 3 downstream nodes rebuild" in shown
    assert "1 BREAKING — 1 downstream node breaks, 3 blocked" in shown
    assert "References missing column 'customer_id'" in shown
    assert "Nothing to build" in shown
    made = Program(program.repo, "shop")
    assert "discount_pct" in made.columns("prod", "clean_orders")
    assert made.query("SELECT count(*) FROM seeknal_ci.build") == [(7 + 3,)]


def test_the_demo_does_not_write_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    program = Program(GitRepo.init(tmp_path / "here"))
    program.repo.write("shop/precious.txt", "mine")

    refused = program.run("demo", "shop")

    assert refused.exit_code == 1
    assert "is not an empty folder" in refused.err
