"""Networks of adversarial games: generators, discriminators, and layers that make collapse dear."""
