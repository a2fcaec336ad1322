"""Walks over edges."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from seeknal_ci.model.graph import find_cycle

NAMES = st.sampled_from("abcdef")
GRAPHS = st.dictionaries(NAMES, st.lists(NAMES, max_size=3), max_size=6)


def test_a_graph_without_a_cycle_has_none() -> None:
    assert find_cycle({"a": (), "b": ("a",), "c": ("a", "b"), "d": ("elsewhere",)}) == ()


def test_a_cycle_is_a_path_from_inputs_to_readers() -> None:
    graph = {"a": ("c",), "b": ("a",), "c": ("b",), "d": ("c",), "e": ()}
    assert find_cycle(graph) == ("a", "b", "c", "a")


def test_a_node_that_reads_itself_is_a_cycle() -> None:
    assert find_cycle({"a": ("a", "a")}) == ("a", "a")


def test_a_long_chain_is_walked_without_recursion() -> None:
    chain = {f"n{number}": [f"n{number + 1}"] for number in range(5_000)}
    assert find_cycle(chain) == ()


@settings(derandomize=True, deadline=None, max_examples=300)
@given(GRAPHS)
def test_a_cycle_is_found_wherever_there_is_no_order(graph: dict[str, list[str]]) -> None:
    """graphlib decides: it raises where nodes cannot be put in order."""
    found = find_cycle(graph)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        assert found[0] == found[-1]
        assert all(read in graph[reader] for read, reader in pairwise(found))
    else:
        assert found == ()
