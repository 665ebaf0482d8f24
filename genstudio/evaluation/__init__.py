"""How good a trained model is: one file a family of metrics."""
