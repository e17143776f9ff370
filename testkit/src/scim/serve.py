"""Serves django-scim2: `python -m peer.serve <port> <name> <password> [tls]`."""

import os
import ssl
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.management import call_command

port, name, password, *more = sys.argv[1:]
os.environ["LOGIN"] = f"{name}:{password}"
settings.configure(
    SECRET_KEY="peer",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="peer.site",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_scim", "peer"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", "peer.site.login"],
    APPEND_SLASH=False,
    AUTH_USER_MODEL="peer.User",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "peer.sqlite", "OPTIONS": {"timeout": 60}}},
    SCIM_SERVICE_PROVIDER={
        "NETLOC": f"127.0.0.1:{port}",
        "SCHEME": "http",
        "AUTHENTICATION_SCHEMES": [{"type": "httpbasic", "name": "Basic", "description": "a name and a password"}],
        "USER_ADAPTER": "peer.adapter.User",
        "GROUP_MODEL": "peer.models.Group",
        "USER_FILTER_PARSER": "peer.site.UserQuery",
        "GROUP_FILTER_PARSER": "peer.site.GroupQuery",
    },
)
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)

from django.core.wsgi import get_wsgi_application  # noqa: E402


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class Handler(WSGIRequestHandler):
    def address_string(self):
        return "client"


server = make_server("127.0.0.1", int(port), get_wsgi_application(), server_class=Server, handler_class=Handler)
if more:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("server.pem", "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
