"""One verb a file; each reads like the flow, and is handed what it works with."""
