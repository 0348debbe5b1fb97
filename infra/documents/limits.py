"""How much of a file is believed; beyond it a file is a mistake or an attack, and is refused by name."""

MAX_DEPTH = 100
MAX_DIGITS = 300
MAX_ALIASED = 100_000
