"""Write a JSON document again with `json.dumps(indent=2)`; prints the seconds that dumping and writing took."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter


def main(source: Path, target: Path) -> None:
    document = json.loads(source.read_bytes())
    start = perf_counter()
    target.write_text(json.dumps(document, indent=2), "utf-8")
    print(json.dumps({"dump": perf_counter() - start}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
