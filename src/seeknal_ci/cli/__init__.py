"""The command line: parse, build what a command works with, call it, turn errors to exit codes."""
