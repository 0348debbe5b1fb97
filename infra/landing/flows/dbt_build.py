"""DbtBuild: one run of `dbt build` over some models, in a process of its own.

Not `DbtCliResource` of dagster-dbt 0.29: before each run it asks `dbt --version`, which asks the package index, and opens the profile in
this process.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.base.process import Run
from infra.base.redactor import Redactor
from infra.lake.models.project import FOLDER
from infra.landing.settings import CHOICE

# A build of a whole lake from the beginning is over in a day.
_PATIENCE = 86_400.0

# What dbt keeps of its last parse: without it a large project takes twenty seconds to be read.
_PARSED = "partial_parse.msgpack"
_RESULTS = "run_results.json"
_MOST = 64 * 1024 * 1024
_TAIL = 20


@dataclass(frozen=True)
class Outcome:
    """What became of a model or a test.

    Attributes:
        id: as the manifest has it: `model.lake.int_faker__users`.
        status: `success`, `error`, `skipped`; of a test `pass`, `warn`, `fail`, `error`.
    """

    id: str
    status: str
    message: str
    seconds: float

    @property
    def failed(self) -> bool:
        """True for what has to be told."""
        return self.status in ("error", "fail", "runtime error")


@dataclass(frozen=True)
class DbtBuild:
    """dbt in a lake.

    Attributes:
        landing: where it builds.
        redactor: hides what its output may not show.
    """

    root: Path
    landing: str
    redactor: Redactor
    environ: Mapping[str, str] = field(repr=False)

    def run(self, models: Sequence[str], words: Sequence[str] = ()) -> Iterator[str | Outcome]:
        """Build models with their tests: each line of its output, then what became of each. Raises UserError where dbt did not
        come so far.
        """
        folder = self.root / FOLDER
        target = folder / "target"
        target.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="run-", dir=target) as own:
            if (target / _PARSED).is_file():
                shutil.copyfile(target / _PARSED, Path(own) / _PARSED)
            run = Run([*_command(own), *words, "--select", *models], folder, self._environment, _PATIENCE)
            last: list[str] = []
            for line in run.lines():
                text = self.redactor.one_line(line.decode("utf-8", "replace"))
                last = [*last, text][-_TAIL:]
                yield text
            yield from self._outcomes(
                Path(own) / _RESULTS, [*last, *map(self.redactor.one_line, run.tail.splitlines())]
            )

    @property
    def _environment(self) -> Mapping[str, str]:
        return {**self.environ, CHOICE: self.landing, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}

    def _outcomes(self, file: Path, said: Sequence[str]) -> Iterator[Outcome]:
        try:
            data = file.read_bytes()[:_MOST] if file.stat().st_size <= _MOST else b""
            found: list[dict[str, Any]] = json.loads(data)["results"]
        except (OSError, ValueError, LookupError):
            raise UserError("dbt ended before it built anything: " + "; ".join(filter(None, said[-_TAIL:]))) from None
        for one in found:
            message = self.redactor.one_line(str(one.get("message") or ""))
            yield Outcome(str(one["unique_id"]), str(one["status"]), message, float(one.get("execution_time") or 0))


def _command(target: str) -> list[str]:
    words = "--no-use-colors --no-version-check build --project-dir . --profiles-dir . --indirect-selection buildable"
    run = "import sys; from dbt.cli.main import cli; cli(sys.argv[1:])"
    return [sys.executable, "-c", run, *words.split(), "--target-path", target, "--log-path", target]
