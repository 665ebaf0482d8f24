"""The window: it edits a recipe and shows runs."""
