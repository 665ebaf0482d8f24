"""Densities known exactly: what the built-in toy data are drawn from."""
