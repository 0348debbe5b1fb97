"""`python -m infra` is `lakeform`."""

import os
import sys

# `-m` puts the working folder first on the path, and a lake may hold a yaml.py: its files are never executed.
if not sys.flags.safe_path and sys.path[0] != os.path.dirname(os.path.dirname(os.path.abspath(__file__))):
    del sys.path[0]

from infra.commands.main import main

sys.exit(main())
