"""A process that runs dbt again and again in a project, since starting it takes seconds: `python -m tests.support.dbt_worker`.

Each line of its input is a list of dbt's words, as JSON; each line of its output says what came of it: `ok`, `results` (name,
status, message of each) and `text`, what dbt printed.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner


def main() -> int:
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            done = dbtRunner().invoke([*json.loads(line), "--no-use-colors", "--log-format", "text"])
        found = getattr(done.result, "results", None) or ()
        results = [(one.node.name, str(one.status), one.message or "") for one in found]
        text = out.getvalue() + (str(done.exception) if done.exception else "")
        # A process of its own would give the lake's lock back now.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        del done, found
        gc.collect()
        answers.write(
            json.dumps(
                {"ok": all(s in OK for _, s, _ in results) and not text_failed(text), "results": results, "text": text}
            )
            + "\n"
        )
        answers.flush()
    return 0


OK = ("success", "pass", "warn")


def text_failed(text: str) -> bool:
    return "Encountered an error" in text or "Runtime Error" in text


if __name__ == "__main__":
    sys.exit(main())
