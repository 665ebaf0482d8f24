"""One file a panel, found by looking."""
