"""Requests and answers: who logs in, how long is waited, what is sent again."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, Mapping
from urllib.parse import urlencode

import urllib3

from .errors import CohortError, Refused, Unreachable

Query = Mapping[str, "str | int | bool | None"]


class Transport:
    """Sends requests of one API user, over connections that are kept; of use to many threads at once."""

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
        """`url`, `user` and `key`, where they are not given, come from `COHORT_CLIENT_URL`, `COHORT_CLIENT_USER` and
        `COHORT_CLIENT_KEY`, or the file that `COHORT_CLIENT_KEY_FILE` names.

        `timeout`: how many seconds connecting, and each wait for more of an answer, may take.
        `patience`: for how many seconds a request is sent again when the server says that it may (`Retry-After`).
        `pool`: to set certificates or a proxy: a `urllib3.PoolManager`, or a `urllib3.ProxyManager`.
        """
        url = (url or os.environ.get("COHORT_CLIENT_URL") or "http://127.0.0.1:8080").rstrip("/")
        self._base = url.removesuffix("/registry") + "/registry"
        user = user or os.environ.get("COHORT_CLIENT_USER") or "admin"
        self._login = urllib3.make_headers(basic_auth=f"{user}:{key or _key()}")
        self._timeout, self._patience = timeout, patience
        self._pool = pool or urllib3.PoolManager(maxsize=10)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        headers: Mapping[str, str | None] | None = None,
        stream: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        """Sends a request of any kind, such as `request("GET", "co_people/7.json")`, and gives the answer, 2xx or 304.

        It is sent again only where the server gives a time to come again, and only what is done once however often it
        is sent: anything but a POST, and a POST with `Idempotency-Key`. Redirects are not followed.

        Raises `Refused` for all other answers, `Unreachable` if there is none.
        """
        sent = self._login | {name: value for name, value in (headers or {}).items() if value is not None}
        fields = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        url = f"{self._base}/{path.lstrip('/')}" + ("?" + urlencode(fields) if fields else "")
        document = None if body is None else json.dumps(body).encode()
        repeatable = method != "POST" or "Idempotency-Key" in sent
        until = time.monotonic() + self._patience
        while True:
            answer = self._send(method, url, document, sent, stream)
            if answer.status < 300 or answer.status == 304:
                return answer
            after = _retry_after(answer)
            if after is None or not repeatable or time.monotonic() + after > until:
                body_of_it, given = answer.data, answer.headers.get("X-Request-Id", "")
                raise Refused(answer.status, answer.reason or "", body_of_it, given, after)
            answer.drain_conn()
            time.sleep(after)

    def _send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], stream: bool
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(
                method, url, body=body, headers=headers, timeout=self._timeout, retries=False, preload_content=not stream
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{method} {url}: {error}") from error

    def close(self) -> None:
        """Closes all connections."""
        self._pool.clear()


def _key() -> str:
    file = os.environ.get("COHORT_CLIENT_KEY_FILE")
    key = Path(file).read_text().strip() if file else os.environ.get("COHORT_CLIENT_KEY")
    if not key:
        raise CohortError("there is no key: give one, or set COHORT_CLIENT_KEY_FILE or COHORT_CLIENT_KEY")
    return key


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _retry_after(answer: urllib3.BaseHTTPResponse) -> float | None:
    seconds = answer.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdigit() else None
