"""What the dbt models of a lake read, by their text alone: nothing is executed, and no dbt runs."""
