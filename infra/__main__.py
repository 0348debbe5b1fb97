"""The program `lakeform`, which is also `python -m infra`."""

import os
import signal
import sys


def run() -> int:
    """Run the command line and return its exit code.

    Until a command begins there is nothing to end, so that Ctrl-C ends Python at once, without the traceback of an import.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from infra.commands.main import main  # noqa: PLC0415  # most of the time until a command begins

    return main()


if __name__ == "__main__":
    # `-m` puts the working folder first on the path, and a lake may hold a yaml.py: its files are never executed.
    if not sys.flags.safe_path and sys.path[0] != os.path.dirname(os.path.dirname(os.path.abspath(__file__))):
        del sys.path[0]
    sys.exit(run())
