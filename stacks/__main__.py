"""`python -m stacks`, the CDKTF app that `cdktf synth` runs, is `lakeform synth`."""

import os
import sys

# As in `python -m infra`: nothing is imported from the working folder.
if not sys.flags.safe_path and sys.path[0] != os.path.dirname(os.path.dirname(os.path.abspath(__file__))):
    del sys.path[0]

from infra.commands.main import main

sys.exit(main(["synth", *sys.argv[1:]]))
