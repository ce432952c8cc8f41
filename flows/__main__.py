"""The script `shipclock`: from the words on the command line to an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from flows.cli.app import app
from flows.cli.faults import close_output, debug_asked, guarded


def main() -> None:
    """Run the command that the program was started with."""
    code = run(sys.argv[1:])
    close_output()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code."""
    rest = list(arguments)
    debug = debug_asked(rest)
    return guarded(lambda: app(rest or ["--help"], prog_name="shipclock"), debug=debug)


if __name__ == "__main__":
    main()
