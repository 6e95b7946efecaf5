"""What the command line says while it works: progress and warnings, on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from generator.model.report import BuildWarning

_YELLOW, _DIM, _RESET = "\033[33m", "\033[2m", "\033[0m"
_WARNINGS_SHOWN = 12


class Console:
    """Progress: one changing line on a terminal, plain lines elsewhere, nothing if quiet."""

    def __init__(self, *, is_quiet: bool = False, is_verbose: bool = False) -> None:
        self._is_quiet = is_quiet
        self._is_verbose = is_verbose
        self._is_terminal = sys.stderr.isatty()
        self._has_colour = self._is_terminal and not os.environ.get("NO_COLOR")

    def report(self, line: str) -> None:
        """Say what is being done now."""
        if self._is_quiet:
            return
        if self._is_terminal and not self._is_verbose:
            sys.stderr.write(f"\r\033[K{self._paint(_DIM, line)}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the changing line away."""
        if self._is_terminal and not self._is_quiet and not self._is_verbose:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def show_warnings(self, warnings: tuple[BuildWarning, ...]) -> None:
        """Print warnings with their hints; the first dozen unless verbose. Never silent: with
        `-q` they still decide `--strict`, and `--json` carries them all.
        """
        if self._is_quiet:
            return
        shown = warnings if self._is_verbose else warnings[:_WARNINGS_SHOWN]
        for warning in shown:
            print(f"{self._paint(_YELLOW, 'warning:')} {warning}", file=sys.stderr)
            if warning.hint:
                print(f"  hint: {warning.hint}", file=sys.stderr)
        if hidden := len(warnings) - len(shown):
            print(f"{hidden} more warnings; -v shows them.", file=sys.stderr)

    def _paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_RESET}" if self._has_colour else text


def environment() -> Mapping[str, str]:
    """Return the process's environment, for the layers of settings and for tokens."""
    return os.environ
