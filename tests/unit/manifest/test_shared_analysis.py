"""What two versions share is looked at once, and comes out as if each were looked at alone."""

from __future__ import annotations

from seeknal_ci.manifest.analysis import Analysis, Shared
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.manifest.parse_cache import ParseCache
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.sql.errors import SqlError
from tests.support.cases import all_cases
from tests.support.project import Files, MemoryTree, ecommerce, edited

ORDERS = "seeknal/01_source_orders.yml"


def manifests(*versions: Files) -> list[Manifest]:
    """Versions of a project that share the files in which they do not differ."""
    parsed = ParseCache()
    return [load_manifest(MemoryTree(files), "", parsed) for files in versions]


def test_it_makes_no_difference_to_what_is_known() -> None:
    for case in all_cases()[::8]:
        shared: Shared = {}
        for manifest in manifests(case.before, case.after):
            together = Analysis(manifest, case.dialect, shared=shared)
            alone = Analysis(manifest, case.dialect)
            for node_id in manifest.nodes:
                assert together.of(node_id) == alone.of(node_id), (case.id, node_id)
                known = isinstance(together.query(node_id), SqlError)
                assert known == isinstance(alone.query(node_id), SqlError), (case.id, node_id)


def test_only_what_reads_other_columns_is_looked_at_again() -> None:
    files = ecommerce()
    shared: Shared = {}
    changed = edited(files, ORDERS, "name: quantity\n    data_type: integer", "name: quantity")
    for manifest in manifests(files, changed):
        analysis = Analysis(manifest, "duckdb", shared=shared)
        for node_id in manifest.nodes:
            analysis.of(node_id)

    looked_at = sorted(node.id for node, _ in shared.values())
    assert looked_at.count("transform.clean_orders") == 2
    assert looked_at.count("transform.inventory_status") == 1
