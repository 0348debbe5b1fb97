"""How much of a file is believed; beyond it a file is a mistake or an attack, and is refused by name."""

MAX_DEPTH = 100
# Terraform keeps 512 bits of a number.
MAX_DIGITS = 154
MAX_ALIASED = 100_000
# What a source of ten thousand tables offers in one file takes half of it, and is read in seconds.
MAX_BYTES = 64 * 2**20
# Of a file of a lake. The registry of ten thousand connections has 3 MB, a table of ten thousand columns one. A hostile one takes
# 130 times as much memory while it is read, and while its mistakes are gathered.
MAX_DOCUMENT_BYTES = 16 * 2**20
# Ten thousand tables are twenty thousand files, in two folders.
MAX_FILES = 200_000
# People sort a registry into folders two or three deep; a path may hold two thousand.
MAX_FOLDERS = 30
# Of what a problem says: a text that somebody wrote may stand in it, and a log is read by people.
MAX_LETTERS = 4_000


def size(count: int) -> str:
    """`64 MB`."""
    return f"{count // 2**20} MB"
