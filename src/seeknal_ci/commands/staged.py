"""Whether a commit concerns the pipeline at all; nothing else is imported to find out."""

from __future__ import annotations

from seeknal_ci.git.repository import Repository


def touches_pipeline(repository: Repository) -> bool:
    """Whether a file below any `seeknal/` folder is staged, removed ones included.

    Reads no file, so that a commit elsewhere in the repository costs nothing.
    """
    head = repository.head_commit()
    before = (repository.tree_at(head, "HEAD") if head else repository.empty_tree()).blobs
    after = repository.index_tree().blobs
    if before == after:
        return False
    return any(
        before.get(path) != after.get(path)
        for path in {*before, *after}
        if path.startswith("seeknal/") or "/seeknal/" in path or path.endswith("seeknal-ci.yml")
    )
