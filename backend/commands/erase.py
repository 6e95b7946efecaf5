"""`4site server erase`: erases all that is personal about one account, for good."""

from __future__ import annotations

import argparse

from backend.actions.audit import at_the_machine
from backend.actions.erasure import erase_account
from backend.commands.export import actor_of, find
from backend.commands.opening import opened
from backend.settings import Settings
from generator.errors import UsageError


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as context:
        account = find(context, arguments.email)
        if not arguments.yes:
            raise UsageError(
                f"This would erase the account of {arguments.email} and its sites for good.",
                hint="Export it first if it may be needed, then say --yes.",
            )
        erase_account(context, actor_of(account), by=at_the_machine())
    print(f"Erased the account of {arguments.email}.")
    return 0
