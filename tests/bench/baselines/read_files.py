"""Read and parse every file that `lakeform check` reads, and keep nothing of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml


def main(root: Path) -> None:
    for path in root.glob("dag/**/*"):
        if path.suffix == ".yaml":
            yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        elif path.suffix == ".json":
            json.loads(path.read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
