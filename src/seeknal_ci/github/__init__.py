"""The rim towards GitHub: the event, the outputs, and the comment on a pull request."""
