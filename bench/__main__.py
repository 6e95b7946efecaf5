"""`make bench`: builds, widget, service, publishing and money, each beside a peer or a limit.

`make bench ARGS=ingest` runs one part, `make bench ARGS="ingest --help"` lists its options.
"""

from __future__ import annotations

import argparse
import gc
import sys
from types import ModuleType

from bench import (
    builds,
    commissions,
    dashboard,
    fraud,
    ingest,
    ledger,
    log,
    publish,
    scale,
    service,
    widget,
)

PARTS: dict[str, ModuleType] = {
    "builds": builds,
    "widget": widget,
    "ingest": ingest,
    "service": service,
    "scale": scale,
    "publish": publish,
    "log": log,
    "ledger": ledger,
    "commissions": commissions,
    "dashboard": dashboard,
    "fraud": fraud,
}


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parts = parser.add_subparsers(dest="part", metavar="PART", title="parts")
    for name, module in PARTS.items():
        summary = (module.__doc__ or "").split(".", 1)[0]
        module.add_arguments(parts.add_parser(name, help=summary, description=module.__doc__))
    chosen = parser.parse_args(words)
    gc.set_threshold(200_000, 20, 20)  # as commands do (`run_verb`), the service's among them
    if chosen.part:
        PARTS[chosen.part].run_part(chosen)
        return
    for name, module in PARTS.items():
        print(f"\n## {name}\n", flush=True)
        module.run_part(parser.parse_args([name]))


if __name__ == "__main__":
    main(sys.argv[1:])
