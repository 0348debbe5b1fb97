"""A text with some of its bytes, lines and pieces exchanged."""

from __future__ import annotations

from random import Random

# What means something to YAML, to JSON, to Unicode or to a terminal.
PIECES = (
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        ",",
        '"',
        "'",
        "\\",
        "#",
        "|",
        ">",
        "-",
        "- ",
        "? ",
        "<<: ",
        "&a ",
        "*a",
        "!x ",
        "!!str ",
    ),
    *(
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "  ",
        "null",
        "true",
        "1e999",
        ".nan",
        "9" * 200,
        "\\ud800",
    ),
    *(
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "\u202e",
        "\U0010ffff",
        "é",
        "e\u0301",
        "🐎",
        "<<<<<<< a\n",
    ),
    *("::error::x\n", "${x}", "%{if}", "/*", "//", "../..", "a" * 5000),
)


def mutated(random: Random, text: str) -> str:
    """One to five changes."""
    for _ in range(random.randint(1, 5)):
        text = _changed(random, text)
    return text


def _changed(random: Random, text: str) -> str:
    return (_piece if random.random() < 0.6 else _line)(random, text)


def _piece(random: Random, text: str) -> str:
    """Something put in, left out, copied or shaken."""
    here, there = (random.randrange(len(text) + 1) for _ in range(2))
    start, end = here, min(len(text), here + random.randint(0, 30))
    shaken = "".join(random.sample(text[start:end], end - start))
    return random.choice(
        [
            text[:here] + random.choice(PIECES) + text[here:],
            text[:start] + text[end:],
            text[:there] + text[start:end] + text[there:],
            text[:start] + shaken + text[end:],
        ]
    )


def _line(random: Random, text: str) -> str:
    """A line copied, left out or indented."""
    lines = text.split("\n")
    place, other = random.randrange(len(lines)), random.randrange(len(lines))
    before, line, after = lines[:place], lines[place], lines[place + 1 :]
    indented = " " * random.randint(1, 4) + line
    chosen = random.choice([[lines[other], line], [], [indented]])
    return "\n".join([*before, *chosen, *after])


def broken_bytes(random: Random, data: bytes) -> bytes:
    """Bytes that are no UTF-8, or another encoding of the same text."""
    match random.randrange(5):
        case 0:
            return data.decode().encode("utf-16")
        case 1:
            return b"\xef\xbb\xbf" + data
        case 2:
            return data.decode().encode("utf-32")
        case 3:
            here = random.randrange(len(data) + 1)
            return (
                data[:here]
                + random.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\xf4\x90\x80\x80"])
                + data[here:]
            )
        case _:
            return bytes(byte ^ (random.randrange(256) if random.random() < 0.01 else 0) for byte in data)
