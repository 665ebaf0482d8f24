"""Normalizing flows: invertible layers between data and a simple base, with the log-determinants of what they do."""
