"""Built-in data: one file a kind, found by looking."""
