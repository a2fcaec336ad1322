"""Runs the program until it is about to take a step, and kills it there with SIGKILL.

A step is a line of the program's own that sends a statement, begins or ends a transaction, or
changes a file. Python tells when one is reached, so nothing of the program knows of it.

    python killed_at.py FILE STEP TIME ARGUMENT…   dies before the step's TIMEth turn
    python killed_at.py FILE '' 0 ARGUMENT…        runs, and writes to FILE each step it takes
"""

from __future__ import annotations

import linecache
import os
import re
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

FOLDERS = tuple(f"/seeknal_ci/{name}/" for name in ("warehouse", "commands", "apply", "promote"))
STEP = re.compile(
    r"^(?!def ).*\b(execute|executemany|ours|one|write|transaction|connect|close|held|hold"
    r"|publish|deliver|delete|mkdir|rename|made\.replace|rmtree|unlink)\("
)


class Steps:
    """Watches every thread of this process; the steps taken are appended to a file."""

    def __init__(self, file: Path, step: str, time: int) -> None:
        self._file = file.open("a", encoding="utf-8")
        self._step = step
        self._left = time
        self._guard = threading.Lock()

    def call(self, frame: FrameType, _: str, __: Any) -> Any:
        """For sys.settrace: look into functions of the program that may take steps."""
        name = frame.f_code.co_filename
        return self._line if any(folder in name for folder in FOLDERS) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            path = frame.f_code.co_filename
            text = linecache.getline(path, frame.f_lineno).strip()
            if STEP.match(text):
                self._reached(f"{Path(path).stem}.{frame.f_code.co_name}: {text}")
        return self._line

    def _reached(self, step: str) -> None:
        with self._guard:
            if not self._step:
                self._file.write(f"{step}\n")
                self._file.flush()
            elif step == self._step:
                self._left -= 1
                if self._left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    written, wanted, turn, *arguments = sys.argv[1:]
    steps = Steps(Path(written), wanted, int(turn))
    from seeknal_ci.cli.main import main

    threading.settrace(steps.call)
    sys.settrace(steps.call)
    main(arguments)
