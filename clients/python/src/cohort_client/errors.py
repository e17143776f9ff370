"""What can go wrong, with what the server said."""

from __future__ import annotations

import json
from typing import Any, Mapping


class CohortError(Exception):
    """Anything that this client raises."""


class Unreachable(CohortError):
    """No answer came: no connection, or none in time. A POST without a key of its own may have been done all the same."""


class NotEnded(CohortError):
    """A provisioning request has not ended in the time that was given; `request` is its record."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.request = request
        why = f": {request['LastError']}" if request.get("LastError") else ""
        super().__init__(f"request {request['Id']} is {request.get('Status')} still{why}")


class Refused(CohortError):
    """The server refused. `str` of it is for people and logs, and says all that the server said."""

    status: int
    """The status of HTTP, such as 403."""
    phrase: str
    """The server's reason phrase, such as `COU Does Not Exist`; it says more than the status."""
    fields: dict[str, list[str]]
    """The wrong fields, by their columns, with a sentence each; empty where no field is wrong."""
    document: dict[str, Any]
    """The whole answer."""
    request_id: str
    """By which the server's operators find the request in their logs."""
    retry_after: float | None
    """In how many seconds it can be tried again, where the server says so."""

    def __init__(
        self, status: int, phrase: str, body: bytes, request_id: str, retry_after: float | None
    ) -> None:
        self.status, self.phrase, self.request_id, self.retry_after = status, phrase, request_id, retry_after
        try:
            document = json.loads(body)
        except ValueError:
            document = None
        self.document = document if isinstance(document, dict) else {}
        self.fields = self.document.get("InvalidFields") or {}
        said = self.document.get("Error") or phrase
        if self.fields:
            said = f"{phrase}: " + "; ".join(f"{name}: {', '.join(errors)}" for name, errors in self.fields.items())
        elif not self.document and body:
            said = f"{phrase}: {body[:200].decode(errors='replace')}"
        super().__init__(f"{status} {said} (request {request_id})" if request_id else f"{status} {said}")
