"""A recipe is carried out as a run; a session holds the runs that are open together."""
