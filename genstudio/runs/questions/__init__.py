"""The questions, one file a subject."""
