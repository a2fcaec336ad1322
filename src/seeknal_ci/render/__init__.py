"""What people and machines are shown: Markdown, terminal text, annotations, JSON, progress."""
