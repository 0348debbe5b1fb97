"""Variables: how a configuration refers to them."""
