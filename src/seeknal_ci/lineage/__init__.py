"""The way of columns through the graph."""
