"""Moving production: what must hold before, and the one move itself."""
