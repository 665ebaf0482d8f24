"""Building blocks of networks, shared by models."""
