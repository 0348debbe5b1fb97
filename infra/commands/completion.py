"""`lakeform completion`."""

from __future__ import annotations

import argparse

from argcomplete.shell_integration import shellcode

_SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`SHELL`."""
    parser.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))


def run(options: argparse.Namespace) -> int:
    """Print the script that a shell reads, as `eval "$(lakeform completion bash)"`."""
    print(shellcode(["lakeform"], shell=options.shell))  # noqa: T201  # a script, not a text for people
    return 0
