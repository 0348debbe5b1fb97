"""`python -m infra` is `lakeform`."""

import sys

from infra.commands.main import main

sys.exit(main())
