"""`4site completion`: a script that completes verbs and flags in a shell."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell to complete in")


def run(arguments: argparse.Namespace) -> int:
    import shtab  # noqa: PLC0415

    from cli import make_parser  # noqa: PLC0415  the whole table, not just this verb

    print(shtab.complete(make_parser(), shell=arguments.shell))
    return 0
