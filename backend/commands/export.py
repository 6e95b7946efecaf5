"""`4site server export`: writes all that is kept about one person to a file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from backend.actions.accounts import find_account
from backend.actions.audit import at_the_machine, note_alone
from backend.actions.context import Context
from backend.actions.exports import export_account
from backend.commands.opening import opened
from backend.domain.accounts import Account
from backend.domain.actors import Actor, owner_of
from backend.errors import NotFound
from backend.settings import Settings
from generator.errors import UsageError


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    out = Path(arguments.out)
    with opened(settings) as context:
        account = find(context, arguments.email)
        note_alone(context, at_the_machine(), "account.export", f"account:{account.id}")
        archive = export_account(context, actor_of(account))
    try:
        # It is about a person: nobody else on this machine has to read it.
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written: {error.strerror}.", hint="Name a file that is not there."
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(archive)
    print(f"Wrote {len(archive)} bytes to {out}.")
    return 0


def find(context: Context, email: str) -> Account:
    """Return the account with this address. Raises NotFound."""
    found = find_account(context, email=email)
    if found is None:
        raise NotFound(f"Nobody here has the address {email}.", hint="Check the spelling.")
    return found


def actor_of(account: Account) -> Actor:
    """Return the account itself as an actor: the operator works in its name."""
    return owner_of(account.tenant, account.id)
