"""Run the command line with ``python -m qq2clone_tui.cli``."""

import sys

from .main import main

if __name__ == "__main__":
    sys.exit(main())
