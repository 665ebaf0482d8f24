"""One file a model: its settings and its learning."""
