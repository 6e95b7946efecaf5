"""Every error that a person can cause has a status of its own."""

from __future__ import annotations

import inspect

from backend import errors
from backend.errors import ServiceError
from backend.web.errors import STATUS


def test_every_error_of_the_service_has_a_status() -> None:
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, ServiceError) and kind is not ServiceError
    ]
    assert kinds
    assert [kind for kind in kinds if not issubclass(kind, tuple(STATUS))] == []
