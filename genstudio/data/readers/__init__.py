"""File readers: one file a format family, found by looking."""
