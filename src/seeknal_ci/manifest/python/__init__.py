"""Nodes that a project defines in Python, read from the syntax tree: no file is ever imported."""
