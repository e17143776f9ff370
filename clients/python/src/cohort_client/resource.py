"""What resources have in common. Which of it a resource has, and of what types, `records.py` says."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Generic, Iterator, Mapping, TypeVar
from urllib.parse import parse_qsl, urlsplit

from .transport import Query, Transport

R = TypeVar("R")
S = TypeVar("S", bound=Mapping[str, Any])
N = TypeVar("N")

PAGE = 500


class Resource:
    """The records at one path, such as `co_people`."""

    path: ClassVar[str]
    plural: ClassVar[str]

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _call(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Any = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Any:
        """Gives the document that is answered, or None if there is none."""
        answer = self._transport.request(method, path, query=query, body=body, headers=headers)
        return answer.json() if answer.data else None

    def _pages(self, path: str, plural: str, query: Query) -> Iterator[Any]:
        """Gives what a list has, page by page, as the server says where the next one is."""
        page: dict[str, Any] | None = dict(query) | {"limit": PAGE}
        while page is not None:
            answer = self._transport.request("GET", path, query=page)
            yield from answer.json()[plural]
            link = answer.headers.get("Link", "")
            page = dict(parse_qsl(urlsplit(link[1:].split(">")[0]).query)) if 'rel="next"' in link else None

    def _sent(self, record: Mapping[str, Any]) -> dict[str, Any]:
        record = {"Version": "1.0", **record}
        return {"RequestType": self.plural, "Version": "1.0", self.plural: [record]}


class Lists(Resource, Generic[R]):
    """Can be listed."""

    filters: ClassVar[frozenset[str]]

    def list(self, *, as_of: str | None = None, **filters: str | int | bool) -> Iterator[R]:
        """Gives all records for which all filters hold, by their ids, fetched page by page as they are asked for.

        `as_of`: as it was at the end of that second, `2026-03-01 12:00:00` in UTC; of resources that have a past.
        """
        # The server ignores parameters that it does not know: a slip would list everything.
        if unknown := filters.keys() - self.filters:
            raise TypeError(f"{self.path} has no filter {', '.join(sorted(unknown))}: {', '.join(sorted(self.filters))}")
        return self._pages(f"{self.path}.json", self.plural, filters | {"as_of": as_of})


class Views(Resource, Generic[R]):
    """Can be viewed."""

    def view(self, id: int, *, as_of: str | None = None) -> R:
        """Gives one record; `as_of` as in `list`."""
        return self._view(id, as_of)[0]

    def view_tagged(self, id: int) -> tuple[R, str]:
        """Gives one record and its tag: with the tag as `if_match`, an edit overwrites nothing that it has not seen."""
        return self._view(id, None)

    def _view(self, id: int, as_of: str | None) -> tuple[R, str]:
        answer = self._transport.request("GET", f"{self.path}/{id}.json", query={"as_of": as_of})
        record: R = answer.json()[self.plural][0]
        return record, answer.headers.get("ETag", "")


class Versions(Resource, Generic[R]):
    """Has a past."""

    def versions(self, id: int) -> Iterator[R]:
        """Gives what each revision changed and who made it, the newest first; also of a deleted record."""
        return self._pages(f"{self.path}/{id}/versions.json", "RecordVersions", {})


class Adds(Resource, Generic[S]):
    """Can be added."""

    def add(self, record: S, *, idempotency_key: str | None = None) -> int:
        """Adds a record and gives its id. What is sent with the same key within a day is done once; without one, a key
        is made up, so that what is sent again by this client is done once."""
        headers = {"Idempotency-Key": idempotency_key or key()}
        return int(self._call("POST", f"{self.path}.json", body=self._sent(record), headers=headers)["Id"])


class AddsWithSecret(Resource, Generic[S, N]):
    """Can be added, and the answer says what is shown but once."""

    def add(self, record: S) -> N:
        """Adds a record and gives what the server says of it. It is never sent again by this client."""
        new: N = self._call("POST", f"{self.path}.json", body=self._sent(record))
        return new


class Edits(Resource, Generic[S]):
    """Can be edited."""

    def edit(self, id: int, record: S, *, if_match: str | None = None) -> None:
        """Changes the fields that are given; None clears a field. Required fields must be there.

        `if_match`: only if the record has this tag (see `view_tagged`), else 412 `Precondition Failed`.
        """
        self._call("PUT", f"{self.path}/{id}.json", body=self._sent(record), headers={"If-Match": if_match})


class Deletes(Resource):
    """Can be deleted."""

    def delete(self, id: int, *, if_match: str | None = None) -> None:
        """Deletes one record, and what hangs on it; `if_match` as in `edit`."""
        self._call("DELETE", f"{self.path}/{id}.json", headers={"If-Match": if_match})


def key() -> str:
    """Makes a key by which a request is done once."""
    return str(uuid.uuid4())
