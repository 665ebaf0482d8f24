"""Drawing data with the mouse."""
