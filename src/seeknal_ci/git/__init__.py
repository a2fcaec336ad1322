"""What git knows: refs, merge bases, and the files at a commit, in the index and on disk."""
