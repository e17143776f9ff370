"""The client."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Iterator

import urllib3

from .errors import NotEnded, Unreachable
from .records import CoProvisioningRequest, Resources
from .transport import Transport

ENDED = {"Succeeded", "Failed", "Canceled", "Held"}


@dataclass(frozen=True)
class Event:
    """What happened: `kind` is `change` or `outcome`."""

    id: str
    kind: str
    data: dict[str, Any]


class Cohort(Resources):
    """A Cohort, seen by one API user. Each resource is an attribute by the name of its path: `cohort.co_person_roles`.

    Arguments are those of `Transport`. To be closed, or used by `with`.
    """

    def __init__(
        self,
        url: str | None = None,
        user: str | None = None,
        key: str | None = None,
        *,
        timeout: float = 60,
        patience: float = 60,
        pool: urllib3.PoolManager | None = None,
    ) -> None:
        self._transport = Transport(url, user, key, timeout=timeout, patience=patience, pool=pool)
        self.request = self._transport.request
        super().__init__(self._transport)

    def provision(self, target: int, **subject: int) -> int:
        """Asks that a target gets a subject, `provision(4, copersonid=42)`, and gives the id of the request.

        Subjects are `copersonid`, `cogroupid`, `coemaillistid`, `coserviceid`; all of a COU or a CO: `couid`, `coid`.
        """
        [(kind, id)] = subject.items()
        accepted = self.co_provisioning_targets.provision(target, f"{kind}:{id}")
        return int(accepted["Id"]) if accepted else 0

    def wait(self, request: int, *, seconds: float = 300) -> CoProvisioningRequest:
        """Waits until a provisioning request has ended, and gives its record: `Status` is Succeeded, Failed (`LastError`
        says why), Canceled, or Held, if the target's guard keeps it for somebody to look at.

        Raises `NotEnded` if it has not in so many seconds.
        """
        until, pause = time.monotonic() + seconds, 0.05
        while True:
            record = self.co_provisioning_requests.view(request)
            if record.get("Status") in ENDED:
                return record
            if time.monotonic() + pause > until:
                raise NotEnded(record)
            time.sleep(pause)
            pause = min(pause * 1.5, 2)

    def events(
        self, *, coid: int | None = None, coprovisioningtargetid: int | None = None, kind: str | None = None,
        last_event_id: str | None = None,
    ) -> Iterator[Event]:
        """Tells changes and outcomes as they come, from now on, or all after an event that was seen. When the server ends
        the stream it ends; call it again with the `id` of the last event."""
        query = {"coid": coid, "coprovisioningtargetid": coprovisioningtargetid, "kind": kind}
        headers = {"Last-Event-ID": last_event_id}
        answer = self.request("GET", "events", query=query, headers=headers, stream=True)
        fields: dict[str, str] = {}
        try:
            for line in _lines(answer):
                name, _, value = line.partition(":")
                if name:
                    fields[name] = value.removeprefix(" ")
                elif not line and "data" in fields:
                    yield Event(fields.get("id", ""), fields.get("event", ""), json.loads(fields["data"]))
                    fields = {}
        finally:
            answer.close()

    def description(self) -> dict[str, Any]:
        """Gives the server's own description of its API, in OpenAPI 3.1."""
        document: dict[str, Any] = self.request("GET", "openapi.json").json()
        return document

    def close(self) -> None:
        """Closes all connections."""
        self._transport.close()

    def __enter__(self) -> Cohort:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lines(answer: urllib3.BaseHTTPResponse) -> Iterator[str]:
    """Gives the lines of a stream as they come."""
    rest = b""
    try:
        for part in answer.stream(65536):
            *lines, rest = (rest + part).split(b"\n")
            yield from (line.decode() for line in lines)
    except urllib3.exceptions.HTTPError as error:
        raise Unreachable(f"the stream broke off: {error}") from error
