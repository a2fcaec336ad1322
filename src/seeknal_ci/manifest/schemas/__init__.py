"""JSON Schemas of the files that people write, made from the shapes that check them."""
