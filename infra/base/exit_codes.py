"""Exit codes: 0 fine, 1 problems or refused, 2 wrong usage or an outside fault."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path

from infra.base.errors import UserError
from infra.base.printable import show

_SOON_SECONDS = 0.01


def begin() -> None:
    """Set up the process of a command, before it prints or reads anything."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.unraisablehook = _heed_interrupt
    gc.disable()  # a command is short, and a quarter of its time would go into looking for cycles in what it reads
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 shows \u2192 for an arrow
    _find_no_programs_here()


def _open_what_is_closed() -> None:
    """`lakeform check >&-`: what nobody wants to read goes nowhere, and nothing is read from nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # for as long as the process


def _heed_interrupt(ignored: sys.UnraisableHookArgs) -> None:
    """Interrupt again soon where an interrupt came while Python ignores exceptions: in a callback, or at the end of an object."""
    if not issubclass(ignored.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(ignored)
        return
    again = threading.Timer(_SOON_SECONDS, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
    again.daemon = True
    again.start()


def _find_no_programs_here() -> None:
    """Leave relative folders out of PATH: git, node or kubectl could be a file of the lake."""
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]
    os.environ["PATH"] = os.pathsep.join(folders) or os.defpath


def exit_code(name: str, run: Callable[[], int]) -> int:
    """The code that `run` returns, or that of what it raises, which is told on stderr as `name: why`.

    No user's mistake ends in a traceback.
    """
    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (UserError, OSError) as error:
        show(f"{name}: {why_failed(error)}", to=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def why_failed(error: UserError | OSError) -> str:
    """What a user is told of it, in one line."""
    if isinstance(error, UserError):
        return str(error)
    place = f"{error.filename}: " if error.filename else ""  # a full disk has no name
    return f"{place}{(error.strerror or 'failed').lower()}"
