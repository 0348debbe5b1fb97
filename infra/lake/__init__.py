"""The lake: what its files say. No server is asked here, and no program started."""
