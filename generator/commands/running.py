"""How every verb runs: one place for errors, interruption and broken pipes."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
import traceback
from collections.abc import Callable

from generator.errors import FourSiteError

_INTERRUPTED = 130


def run_verb(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Run a verb; print an error as two lines, message then hint, and return its exit status."""
    # A build makes many objects and few cycles: looking for cycles as often as Python does by
    # default takes a tenth of its time.
    gc.set_threshold(200_000, 20, 20)
    # Python searches all objects for cycles once more as it ends: most of a second of the service.
    atexit.register(gc.freeze)
    try:
        return run(arguments)
    except BrokenPipeError:
        # The reader of our output (`| head`) went away; that is its right.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FourSiteError as error:
        if arguments.debug:
            traceback.print_exc()
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return error.exit_code
    except Exception as error:
        # Not something a person caused: a fault of ours, which still ends in two plain lines.
        if arguments.debug:
            raise
        print(f"error: {type(error).__name__}: {error}", file=sys.stderr)
        print("hint: This is a fault in 4site. --debug shows where; please report it.",
              file=sys.stderr)  # fmt: skip
        return 1
    except KeyboardInterrupt:
        print("Interrupted. What was published or built before is untouched.", file=sys.stderr)
        return _INTERRUPTED
