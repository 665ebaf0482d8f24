"""Plots: arrays in, signals out; they know nothing of runs and models."""

import pyqtgraph

pyqtgraph.setConfigOptions(antialias=True)
