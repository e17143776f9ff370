"""What a run of schemathesis needs to know beside the description: which ids are there, and what must stay."""

import os

import schemathesis

# Ids up to this one are likely to be there.
LIKELY = 8
# None has this one.
ABSENT = 9_000_000_000
# "api_users/1 cos/2": the login of the run, and what holds all that it reads.
KEPT = set(os.environ["KEPT"].split())


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Half of the ids that are sent are small; the others are what the description allows."""
    def walk(tree):
        if isinstance(tree, list):
            for item in tree:
                walk(item)
        elif isinstance(tree, dict):
            if tree.get("type") == "integer" and tree.get("format") == "int64" and tree.get("minimum") == 1:
                whole = dict(tree)
                tree.clear()
                tree["anyOf"] = [{**whole, "maximum": LIKELY}, whole]
            else:
                for item in tree.values():
                    walk(item)

    walk(raw_schema)


@schemathesis.hook
def map_headers(context, headers):
    """Most conditions and keys would only be broken: three of four are left out."""
    if headers:
        for name in ("If-Match", "If-None-Match", "Idempotency-Key"):
            value = headers.get(name)
            if isinstance(value, str) and value != "*" and len(value) % 4 != 3:
                del headers[name]
    return headers


@schemathesis.hook
def before_call(context, case, kwargs):
    """Neither takes the login of the run away nor a CO with all that is in it: what would is sent for one that is not there.

    Cases of some phases come past the hooks that filter them; all are sent here."""
    segments = case.operation.path.strip("/").split("/")
    of = f"{segments[0]}/{(case.path_parameters or {}).get('id')}"
    if case.operation.method.upper() != "GET" and of in KEPT:
        case.path_parameters["id"] = ABSENT
