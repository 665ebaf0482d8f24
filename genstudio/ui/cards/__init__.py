"""The cards of the Experiment dock, a file each."""
