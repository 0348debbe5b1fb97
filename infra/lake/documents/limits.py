"""How much of a file is believed; beyond it a file is a mistake or an attack, and is refused by name."""

MAX_DEPTH = 100
# Terraform keeps 512 bits of a number.
MAX_DIGITS = 154
MAX_ALIASED = 100_000
