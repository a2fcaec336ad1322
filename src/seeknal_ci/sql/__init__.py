"""What the pipeline's SQL says: the only part that knows sqlglot."""

import logging

# sqlglot warns of what is reported as a problem; without a handler Python prints it to stderr.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())
