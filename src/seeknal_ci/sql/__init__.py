"""What the pipeline's SQL says: the only part that knows sqlglot."""
