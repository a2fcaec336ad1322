"""The hash of a node's code: what leaves it as it is, and what does not."""

from __future__ import annotations

import pytest

from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.node import Node
from tests.support.project import MemoryTree
from tests.unit.manifest.python.reading import IMPORTS, code_of

BASE = '''
import pandas as pd
import numpy as np

RATE = 1.5
OTHER = 2
TABLE = pd.DataFrame({"a": [1]})


def double(x):
    """Twice."""
    return x * FACTOR


FACTOR = 2


def unused():
    return 1


@transform(name="a", description="first", owner="team")
def a(ctx):
    """What it does."""
    df = ctx.ref("transform.b")
    df["x"] = double(df["x"]) + RATE  # in euros
    return pd.concat([df, ctx.duckdb.sql("SELECT * FROM df, TABLE").df()])


@transform(name="b")
def b(ctx):
    df = ctx.ref("source.orders")
    a = 1
    return df.dropna(a)
'''


def edited(before: str, after: str) -> str:
    assert BASE.count(before) == 1, before
    return BASE.replace(before, after)


@pytest.mark.parametrize(
    "text",
    [
        BASE.replace("    ", "\t"),
        BASE.replace("\n", "\r\n"),
        edited('"""What it does."""', '"""Another text."""'),
        edited('    """What it does."""\n', ""),
        edited('"""Twice."""', "'''Two times.'''"),
        edited("  # in euros", ""),
        edited('double(df["x"]) + RATE', "(\n        double(df['x'])\n        + (RATE)\n    )"),
        edited("1.5", "1.50"),
        edited('description="first", owner="team"', 'owner="other", tags=["x"]'),
        edited('@transform(name="a", ', '@materialize(table="t")\n@transform("a", '),
        edited("def a(ctx)", "def renamed(ctx)"),
        edited(
            "import pandas as pd\nimport numpy as np", "import numpy as np\nimport pandas as pd"
        ),
        edited("import numpy as np\n", ""),
        edited("OTHER = 2", "OTHER = 3"),
        edited("    return 1\n", "    return 2\n"),
        edited("    return df.dropna(a)", "    return df.dropna(how='all')"),
        BASE + '\n"""The end."""\n',
    ],
)
def test_form_documentation_and_other_nodes_change_nothing(text: str) -> None:
    assert code_of(text) == code_of(BASE)


@pytest.mark.parametrize(
    "text",
    [
        edited("+ RATE", "- RATE"),
        edited("RATE = 1.5", "RATE = 1.6"),
        edited("FACTOR = 2", "FACTOR = 3"),
        edited("return x * FACTOR", "return FACTOR"),
        edited('{"a": [1]}', '{"a": [2]}'),
        edited("SELECT * FROM", "SELECT DISTINCT * FROM"),
        edited("import pandas as pd", "import polars as pd"),
        edited("def a(ctx):", "async def a(ctx):"),
        edited("def a(ctx):", "def a(ctx, x=1):"),
        edited('@transform(name="a"', '@np.retry(3)\n@transform(name="a"'),
        edited('@transform(name="a"', '@transform(extra=OTHER + RATE * FACTOR, name="a"'),
        BASE + "\npd.options.mode = 1\n",
        BASE + "\nif FACTOR:\n    FACTOR = 4\n",
        BASE + "\nfor RATE in [1]:\n    print(RATE)\n",
        BASE + "\nregister = setup()\n",
        BASE + "\n@np.register\ndef more(): ...\n",
        BASE + "\nfrom rates import *\n",
        BASE + "\nclass A(Base): ...\n",
        BASE + "\ndef late(x=setup()): ...\n",
        edited("import numpy as np", "from __future__ import annotations"),
        edited('ctx.ref("transform.b")', 'ctx.ref("transform.c")'),
    ],
)
def test_what_may_change_the_rows_changes_the_code(text: str) -> None:
    assert code_of(text) != code_of(BASE)


def test_a_computed_argument_brings_what_it_uses() -> None:
    text = "{}\n@transform(name='a', extra=make(X))\ndef a(ctx): ...\n"
    assert code_of(text.format("X = 1")) != code_of(text.format("X = 2"))
    text = "{}\n@transform(name='a', description=make(X))\ndef a(ctx): ...\n"
    assert code_of(text.format("X = 1")) == code_of(text.format("X = 2"))


@pytest.mark.parametrize("call", ["eval('X')", "globals()['X']", "exec('X')", "locals()"])
def test_code_that_looks_for_names_itself_may_find_all_of_the_file(call: str) -> None:
    text = f"X = {{}}\n@transform(name='a')\ndef a(ctx): return {call}\n"
    assert code_of(text.format(1)) != code_of(text.format(2))


def test_documentation_counts_where_code_reads_it() -> None:
    text = "def f():\n    '{}'\n@transform(name='a')\ndef a(ctx): return f.__doc__\n"
    assert code_of(text.format("x")) != code_of(text.format("y"))


def test_a_node_that_another_one_calls_is_code_of_both() -> None:
    text = (
        "@transform(name='b', description='{}')\ndef b(ctx): return {}\n"
        "@transform(name='a')\ndef a(ctx): return b(ctx)\n"
    )
    assert code_of(text.format("x", 1)) != code_of(text.format("x", 2))
    assert code_of(text.format("x", 1)) == code_of(text.format("y", 1))


def test_nodes_under_a_condition_are_told_apart() -> None:
    text = (
        "if {}:\n    @transform(name='a')\n    def a(ctx): return {}\n"
        "else:\n    @transform(name='b')\n    def b(ctx): return {}\n"
    )
    assert code_of(text.format("X", 1, 2)) != code_of(text.format("Y", 1, 2))
    assert code_of(text.format("X", 1, 2)) != code_of(text.format("X", 3, 2))
    assert code_of(text.format("X", 1, 2)) == code_of(text.format("X", 1, 3))


def test_a_name_of_the_functions_own_is_not_the_modules() -> None:
    text = "def x(): return {}\n@transform(name='a')\ndef a(ctx):\n    x = 1\n    return x\n"
    assert code_of(text.format(1)) == code_of(text.format(2))
    text = "x = {}\n@transform(name='a')\ndef a(ctx):\n    def f():\n        x = 1\n    return x\n"
    assert code_of(text.format(1)) != code_of(text.format(2))
    text = "x = {}\n@transform(name='a')\ndef a(ctx):\n    global x\n    x += 1\n    return x\n"
    assert code_of(text.format(1)) != code_of(text.format(2))


def loaded(others: dict[str, str | bytes], path: str = "p/seeknal/flows/a.py") -> Node:
    text = (
        f"{IMPORTS}from seeknal.common.money import cents\nfrom . import near\nimport shop.tax\n"
        "import importlib\nimportlib.import_module('late')\n"
        "@transform\ndef a(ctx): ...\n"
    )
    return load_manifest(MemoryTree({path: text, **others}), "p").nodes["transform.a"]


@pytest.mark.parametrize(
    "path",
    [
        "p/seeknal/common/money.py",
        "p/seeknal/common/money/__init__.py",
        "p/seeknal/common/money/cents.py",
        "p/seeknal/__init__.py",
        "p/seeknal/flows/__init__.py",
        "p/seeknal/flows/near/__init__.py",
        "p/shop/tax.py",
        "shop/__init__.py",
        "p/seeknal/flows/shop/tax.py",
        "p/late.py",
    ],
)
def test_a_file_of_the_project_that_is_imported_is_of_the_node(path: str) -> None:
    before, after = loaded({path: "x = 1\n"}), loaded({path: "x = 2\n"})
    assert isinstance(before.definition["modules"], dict)
    assert list(before.definition["modules"]) == [path]
    assert before.definition != after.definition
    assert before.definition == loaded({path: "x  =  1  # one\n"}).definition


@pytest.mark.parametrize(
    "path", ["p/seeknal/common/other.py", "p/near.py", "q/seeknal/common/money.py", "p/tax.py"]
)
def test_another_file_is_not(path: str) -> None:
    assert "modules" not in loaded({path: "x = 1\n"}).definition


def test_imports_are_followed_and_may_go_in_circles() -> None:
    files: dict[str, str | bytes] = {
        "p/seeknal/common/money.py": "from .rates import RATE\n",
        "p/seeknal/common/rates.py": "import seeknal.common.money\nRATE = 1\n",
    }
    modules = loaded(files).definition["modules"]
    assert isinstance(modules, dict)
    assert list(modules) == ["p/seeknal/common/money.py", "p/seeknal/common/rates.py"]
    files["p/seeknal/common/rates.py"] = "RATE = 2\n"
    assert loaded(files).definition["modules"] != modules


def test_an_imported_file_that_is_no_python_counts_byte_for_byte() -> None:
    path = "p/seeknal/common/money.py"
    found = [loaded({path: f"def (:{end}"}).definition["modules"] for end in ("", " ")]
    assert found[0] != found[1]
