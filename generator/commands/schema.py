"""`4site schema`: the JSON Schema of the configuration, for editors."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415

    from generator.configuration import json_schema  # noqa: PLC0415

    del arguments
    print(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode())
    return 0
