"""The addresses of the project, what can be searched for, and who may call it."""

import base64
import os
from types import SimpleNamespace

from django.urls import include, path
from django_scim.filters import GroupFilterQuery, UserFilterQuery

urlpatterns = [path("scim/v2/", include("django_scim.urls"))]

EXTERNAL_ID = ("externalId", None, None)


class UserQuery(UserFilterQuery):
    attr_map = UserFilterQuery.attr_map | {EXTERNAL_ID: "scim_external_id"}


class GroupQuery(GroupFilterQuery):
    attr_map = {EXTERNAL_ID: "scim_external_id", ("displayName", None, None): "name"}


def login(get_response):
    expected = "Basic " + base64.b64encode(os.environ["LOGIN"].encode()).decode()

    def middleware(request):
        request.user = SimpleNamespace(is_authenticated=request.headers.get("Authorization") == expected)
        return get_response(request)

    return middleware
