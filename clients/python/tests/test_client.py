"""The client against a running Cohort: test_client.py '{"person": "7", "target": "4"}', with COHORT_CLIENT_URL, _USER and _KEY."""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
import tempfile
import unittest
from typing import Any, Iterator, cast
from unittest import mock

import urllib3

from cohort_client import Cohort, CohortError, NotEnded, Refused, resource
from cohort_client.records import CoPersonRoleSent

IDS: dict[str, str] = {"person": "0", "target": "0"}


class Recorder(urllib3.PoolManager):
    """Keeps which requests were made."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str]] = []

    def request(self, method: str, url: str, *args: Any, **more: Any) -> urllib3.BaseHTTPResponse:
        self.calls.append((method, urllib3.util.parse_url(url).path or ""))
        return super().request(method, url, *args, **more)


class ClientTest(unittest.TestCase):
    def setUp(self) -> None:
        self.cohort = self.enterContext(Cohort())
        self.person, self.target = int(IDS["person"]), int(IDS["target"])

    def role(self, **more: Any) -> CoPersonRoleSent:
        role: CoPersonRoleSent = {"Person": {"Type": "CO", "Id": self.person}, "Affiliation": "member", "Status": "Active"}
        return cast(CoPersonRoleSent, {**role, **more})

    def test_a_record_lives_and_dies(self) -> None:
        roles = self.cohort.co_person_roles
        id = roles.add(self.role(Title="Analyst"))
        self.assertEqual(roles.view(id)["Title"], "Analyst")
        shown, tag = roles.view_tagged(id)
        roles.edit(id, self.role(Title=None), if_match=tag)
        self.assertNotIn("Title", roles.view(id))
        with self.assertRaises(Refused) as late:
            roles.edit(id, self.role(Title="Professor"), if_match=tag)
        self.assertEqual((late.exception.status, late.exception.phrase), (412, "Precondition Failed"))
        roles.delete(id)
        self.assertEqual([version["Revision"] for version in roles.versions(id)], [2, 1, 0])
        with self.assertRaisesRegex(Refused, "^404 CoPersonRole Unknown: .*request [0-9A-Za-z-]+"):
            roles.view(id)

    def test_errors_say_what_the_server_said(self) -> None:
        with self.assertRaises(Refused) as wrong:
            self.cohort.co_person_roles.add(self.role(Affiliation="wizard", Status="Asleep"))
        self.assertEqual(wrong.exception.fields.keys(), {"affiliation", "status"})
        for said in ["400 Invalid Fields", "status: ", "affiliation: "]:
            self.assertIn(said, str(wrong.exception))
        with self.assertRaises(Refused) as missing:
            self.cohort.co_person_roles.add(self.role(CouId=999999))
        self.assertIn("COU Does Not Exist: There is no COU", str(missing.exception))
        self.assertEqual(missing.exception.phrase, "COU Does Not Exist")
        with self.assertRaisesRegex(Refused, "^401 Unauthorized"), Cohort(key="a wrong key") as stranger:
            stranger.cos.view(1)

    def test_lists_go_on_to_their_end(self) -> None:
        roles = self.cohort.co_person_roles
        for number in range(5):
            roles.add(self.role(Ordr=number, Affiliation="alum"))
        with mock.patch.object(resource, "PAGE", 2):
            found = [role["Ordr"] for role in roles.list(copersonid=self.person, affiliation="alum")]
        self.assertEqual(found, [0, 1, 2, 3, 4])
        with self.assertRaisesRegex(TypeError, "no filter copersonidd: .*copersonid"):
            roles.list(copersonidd=self.person)

    def test_what_has_the_same_key_is_done_once(self) -> None:
        first, again = (self.cohort.co_person_roles.add(self.role(), idempotency_key="one") for _ in range(2))
        self.assertEqual(first, again)

    def test_provisioning_is_waited_for_and_told(self) -> None:
        events = self.cohort.events(coprovisioningtargetid=self.target, kind="outcome", last_event_id="0")
        request = self.cohort.provision(self.target, copersonid=self.person)
        self.assertEqual(self.cohort.wait(request)["Status"], "Succeeded")
        self.assertTrue(any(event.data["Outcome"] == "Succeeded" for event in events if event.data["RequestId"] == request))
        waited = self.cohort.co_provisioning_targets.provision(
            self.target, f"copersonid:{self.person}", {"Synchronous": True}
        )
        self.assertIsNone(waited)
        unended = {"Id": request, "Status": "Retrying", "LastError": "the target is away"}
        with mock.patch.object(self.cohort.co_provisioning_requests, "view", return_value=unended):
            with self.assertRaisesRegex(NotEnded, f"request {request} is Retrying still: the target is away"):
                self.cohort.wait(request, seconds=0)

    def test_the_key_comes_from_an_argument_a_file_or_the_environment(self) -> None:
        key = os.environ["COHORT_CLIENT_KEY"]
        with tempfile.NamedTemporaryFile("w") as file, mock.patch.dict(os.environ):
            del os.environ["COHORT_CLIENT_KEY"]
            with self.assertRaisesRegex(CohortError, "there is no key"):
                Cohort()
            print(key, file=file, flush=True)
            os.environ["COHORT_CLIENT_KEY_FILE"] = file.name
            for cohort in [Cohort(), Cohort(os.environ["COHORT_CLIENT_URL"].removesuffix("/registry") + "/", key=key)]:
                with cohort:
                    self.assertEqual(cohort.co_people.view(self.person)["Id"], self.person)

    def test_every_operation_that_is_described_can_be_called(self) -> None:
        pool, called = Recorder(), set()
        cohort = self.enterContext(Cohort(pool=pool))
        for method in operations(cohort):
            given = [argument(name) for name, one in inspect.signature(method).parameters.items() if needed(one)]
            named = {"coid": 999999, "inviteid": "none", "reply": "decline"} if not given else {}
            takes = inspect.signature(method).parameters
            try:
                answer = method(*given, **{name: value for name, value in named.items() if name in takes})
                list(answer if isinstance(answer, Iterator) else [])
            except Refused as refused:
                self.assertNotIn(refused.phrase, ["Unknown", "Method Not Allowed"], pool.calls[-1])
            called.add(pool.calls[-1])
        described = {
            (method.upper(), "/registry" + path)
            for path, methods in cohort.description()["paths"].items()
            for method in methods
            if path.endswith(".{format}") and method != "parameters"
        }
        self.assertGreater(len(described), 100)
        plain = {"{id}": "999999", "{format}": "json", "{subject}": "copersonid:999999"}
        known = {(method, re.sub(r"{\w+}", lambda name: plain[name[0]], path)) for method, path in described}
        self.assertEqual(called ^ known, set())


def operations(cohort: Cohort) -> Iterator[Any]:
    for one in vars(cohort).values():
        if isinstance(one, resource.Resource):
            for name, method in inspect.getmembers(one, inspect.ismethod):
                if not name.startswith("_") and name != "view_tagged":
                    yield method


def needed(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD


def argument(name: str) -> Any:
    return {"id": 999999, "subject": "copersonid:999999"}.get(name, {})


if __name__ == "__main__":
    IDS.update(json.loads(sys.argv.pop()))
    unittest.main()
