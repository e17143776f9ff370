"""What is sent again, and how long is waited: against a server that answers as it is told."""

from __future__ import annotations

import http.server
import threading
import time
import unittest
from typing import Any

from cohort_client import Cohort, Refused, Unreachable

Answer = tuple[int, str, dict[str, str]]
AWAY: Answer = (503, "Service Unavailable", {"Retry-After": "0"})
DONE: Answer = (201, "Added", {})


class Told(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        server: Any = self.server
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.asked.append((self.command, self.path, self.headers.get("Idempotency-Key")))
        status, phrase, headers = server.answers.pop(0)
        body = b'{"Id": "5", "Error": "said"}'
        self.send_response(status, phrase)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_: Any) -> None:
        pass


class TransportTest(unittest.TestCase):
    def setUp(self) -> None:
        server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Told)
        self.server = server
        self.server.asked, self.server.answers = [], []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def cohort(self, **more: Any) -> Cohort:
        return self.enterContext(Cohort(self.url, "me", "a key", **more))

    def test_what_may_be_sent_again_is_sent_again_with_its_key(self) -> None:
        self.server.answers = [AWAY, (429, "Too Many Requests", {"Retry-After": "0"}), DONE]
        self.assertEqual(self.cohort().cos.add({"Name": "Optics", "Status": "Active"}), 5)
        keys = {key for _, _, key in self.server.asked}
        self.assertEqual((len(self.server.asked), len(keys)), (3, 1))
        self.assertNotIn(None, keys)
        self.server.answers = [AWAY, (200, "Deleted", {})]
        self.cohort().cos.delete(7)

    def test_what_the_server_does_not_say_is_not_sent_again(self) -> None:
        refusals: list[Answer] = [(503, "Service Unavailable", {}), (500, "Other Error", {})]
        for answer in refusals:
            self.server.answers, self.server.asked = [answer, DONE], []
            with self.assertRaisesRegex(Refused, f"^{answer[0]} said"):
                self.cohort().cos.add({"Name": "Optics", "Status": "Active"})
            self.assertEqual(len(self.server.asked), 1)

    def test_what_is_done_twice_when_sent_twice_is_not_sent_again(self) -> None:
        self.server.answers = [AWAY, DONE]
        with self.assertRaises(Refused) as refused:
            self.cohort().api_users.rotate_key(7)
        self.assertEqual((refused.exception.retry_after, len(self.server.asked)), (0, 1))

    def test_patience_ends(self) -> None:
        self.server.answers = [(503, "Service Unavailable", {"Retry-After": "30"}), DONE]
        before = time.monotonic()
        with self.assertRaises(Refused):
            self.cohort(patience=5).cos.delete(7)
        self.assertLess(time.monotonic() - before, 20)

    def test_redirects_are_not_followed(self) -> None:
        self.server.answers = [(302, "Found", {"Location": "/elsewhere"}), DONE]
        with self.assertRaisesRegex(Refused, "^302"):
            self.cohort().cos.view(7)
        self.assertEqual([path for _, path, _ in self.server.asked], ["/registry/cos/7.json"])

    def test_a_server_that_says_nothing_is_given_up(self) -> None:
        self.server.shutdown()
        with self.assertRaisesRegex(Unreachable, "cos/7.json"):
            self.cohort(timeout=0.2).cos.view(7)


if __name__ == "__main__":
    unittest.main()
