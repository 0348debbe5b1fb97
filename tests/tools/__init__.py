"""Programs that tests run for real: pinned Go modules, built once."""
