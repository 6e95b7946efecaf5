"""Reads commission plans that administrators write, in TOML or JSON, checked field by field.

Rates and multipliers are whole basis points: 10 000 are all of a payment, or once.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from types import MappingProxyType
from typing import Annotated

import msgspec
from msgspec import Meta

from backend.domain.instants import DAY
from backend.domain.plans import CommissionStep, Plan, check_plan
from backend.errors import Invalid

FILE_BYTES = 64 * 1024
NAME = "^[a-z][a-z0-9-]{0,39}$"

PlanName = Annotated[str, Meta(pattern=NAME)]
PlanVersion = Annotated[int, Meta(ge=1, le=1_000_000)]
Months = Annotated[int, Meta(ge=0, le=1_200)]
Rate = Annotated[int, Meta(ge=1, le=10_000)]
Multiplier = Annotated[int, Meta(ge=0, le=100_000)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]


class StepText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of a referral's life; the last one has no `until_month`."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    from_month: Months
    until_month: Months | None = None
    rate_bp: Rate


class PlanText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan as it is written: `steps` for the direct referrer, `deeper_bp` for levels 2 and on."""

    name: PlanName
    version: PlanVersion
    steps: Annotated[list[StepText], Meta(min_length=1, max_length=20)]
    deeper_bp: Annotated[list[Rate], Meta(max_length=6)] = []
    regions: Annotated[dict[Country, Multiplier], Meta(max_length=300)] = {}
    hold_days: Annotated[int, Meta(ge=0, le=365)] = 30


def read_plan_file(content: bytes, name: str) -> Plan:
    """Return the plan of a file. Raises Invalid naming the field, also for one over its cap."""
    if len(content) > FILE_BYTES:
        raise Invalid(f"{name} is longer than {FILE_BYTES} bytes.", field="file")
    decode = msgspec.toml.decode if PurePath(name).suffix == ".toml" else msgspec.json.decode
    try:
        return to_plan(decode(content, type=PlanText))
    except msgspec.ValidationError as error:
        field = _field_of(error)
        what = str(error).partition(" - at ")[0]
        raise Invalid(f"{name}: {field}: {what}.", field=field) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(
            f"{name} cannot be read: {error}.", field="file", hint="Write TOML, or JSON."
        ) from error


def _field_of(error: msgspec.ValidationError) -> str:
    """Return where in the file something is wrong, like `steps[0].rate_bp`."""
    found = re.search(r"`\$\.?([^`]+)`$", str(error))
    return found[1] if found else "plan"


def to_plan(written: PlanText) -> Plan:
    """Return the plan that was written, checked. Raises Invalid."""
    return check_plan(
        Plan(
            name=written.name,
            version=written.version,
            steps=tuple(
                CommissionStep(
                    name=step.name,
                    from_month=step.from_month,
                    until_month=step.until_month,
                    rate_bp=step.rate_bp,
                )
                for step in written.steps
            ),
            deeper_bp=tuple(written.deeper_bp),
            regions=MappingProxyType(dict(sorted(written.regions.items()))),
            hold=written.hold_days * DAY,
        )
    )
