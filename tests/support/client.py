"""An HTTP client that hides nothing: no redirect followed, no retry of an answer, no header added behind the caller's back
except Host, Content-Length and the key. One connection per thread, kept alive; every exchange is recorded."""
import copy
import http.client
import json as json_module
import os
import threading
import urllib.parse
import uuid

from . import recording

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
PROBLEM = "application/problem+json"
CSV = "text/csv"
NDJSON = "application/x-ndjson"


class Truncated(Exception):
    """The server closed before the end of the body that it had announced."""

    def __init__(self, status, partial):
        super().__init__(f"answer {status} broken off after {len(partial)} bytes")
        self.status = status
        self.partial = partial


class Answer:
    def __init__(self, method, target, status, headers, body):
        self.method = method
        self.target = target
        self.status = status
        self.headers = headers  # list of pairs, as received
        self.body = body

    def header(self, name, default=None):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else default

    @property
    def media_type(self):
        return (self.header("Content-Type") or "").split(";")[0].strip().lower()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json_module.loads(self.body)

    @property
    def etag(self):
        return self.header("ETag")

    @property
    def code(self):
        """The problem's code; None for an answer that is no problem."""
        return self.json.get("code") if self.media_type == PROBLEM else None

    def link(self, relation):
        """Target of the Link with that relation, or None."""
        for part in (self.header("Link") or "").split(","):
            target, _, parameters = part.strip().partition(">")
            if f'rel="{relation}"' in parameters:
                return target.lstrip("<")
        return None

    def __repr__(self):
        return f"<{self.method} {self.target} -> {self.status} {self.media_type} {self.body[:600]!r}>"


class Client:
    def __init__(self, url, key=None, name="anonymous", timeout=30.0):
        self.url = url.rstrip("/")
        self.key = key
        self.name = name
        self.timeout = timeout
        self._local = threading.local()
        parts = urllib.parse.urlsplit(self.url)
        self.host = parts.hostname
        self.port = parts.port or 80

    def with_key(self, key, name):
        """The same address as another caller."""
        other = copy.copy(self)
        other.key, other.name, other._local = key, name, threading.local()
        return other

    # --- plumbing -----------------------------------------------------------------------------------------------
    def _connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)

    def _connection(self):
        """(connection, was it used before)"""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
            return connection, False
        return connection, True

    def close(self):
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _exchange(self, method, target, headers, body):
        connection, used = self._connection()
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body is not None and "Content-Length" not in headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if used:  # an idle connection that the server had closed: nothing was answered, nothing was read
                return self._exchange(method, target, headers, body)
            raise
        except Exception:
            self.close()
            raise

    def request(self, method, target, *, body=None, json=None, content_type=None, headers=None, record=True):
        """`json` is sent as application/json unless `content_type` says otherwise; `body` are raw bytes."""
        sent = {"Accept": "*/*"}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        if json is not None:
            body = json_module.dumps(json, ensure_ascii=False).encode("utf-8")
            content_type = content_type or JSON
        if isinstance(body, str):
            body = body.encode("utf-8")
        if content_type:
            sent["Content-Type"] = content_type
        if body is None and method in ("POST", "PUT", "PATCH"):
            body = b""
        for name, value in (headers or {}).items():
            if value is None:
                sent.pop(name, None)
            else:
                sent[name] = value
        response = self._exchange(method, target, sent, body)
        try:
            received = response.read()
        except (http.client.IncompleteRead, ConnectionError, TimeoutError) as error:
            self.close()
            raise Truncated(response.status, getattr(error, "partial", b"")) from error
        if response.will_close:
            self.close()
        answer = Answer(method, target, response.status, response.getheaders(), received)
        if record:
            recording.record(self.name, method, target, sent, body, answer.status, answer.headers, received)
        return answer

    # --- the verbs ----------------------------------------------------------------------------------------------
    def get(self, target, **options):
        query = options.pop("query", None)
        if query:
            target += ("&" if "?" in target else "?") + query_string(query)
        accept = options.pop("accept", None)
        if accept:
            options["headers"] = {**options.get("headers", {}), "Accept": accept}
        return self.request("GET", target, **options)

    def head(self, target, **options):
        return self.request("HEAD", target, **options)

    def post(self, target, json=None, *, key=True, **options):
        """`key`: True makes a fresh Idempotency-Key, a text is used as it is, None sends none."""
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()) if key is True else key)
        return self.request("POST", target, json=json, headers=headers, **options)

    def patch(self, target, json=None, *, etag=None, **options):
        headers = dict(options.pop("headers", {}))
        if etag is not None:
            headers["If-Match"] = etag
        if json is not None:
            options.setdefault("content_type", MERGE_PATCH)
        return self.request("PATCH", target, json=json, headers=headers, **options)

    def walk(self, target, *, limit_pages=100000, headers=None):
        """The items of a list, page after page, along Link rel="next"; only the first three pages are recorded."""
        pages = 0
        while target is not None and pages < limit_pages:
            answer = self.get(target, record=pages < 3, headers=headers or {})
            assert answer.status == 200, answer
            page = answer.json
            yield from page["data"]
            target = answer.link("next")
            if target is not None and target.startswith("http"):
                parts = urllib.parse.urlsplit(target)
                target = parts.path + "?" + parts.query
            pages += 1


class UnixClient(Client):
    """The same over a Unix socket: the admin listener, a daemon of a test's own."""

    def __init__(self, path, key=None, name="anonymous", timeout=30.0):
        super().__init__("http://localhost", key, name, timeout)
        self.path = path

    def _connect(self):
        import socket

        connection = http.client.HTTPConnection("localhost", timeout=self.timeout)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(self.timeout)
        connection.sock.connect(self.path)
        connection.auto_open = 0
        return connection


def client_for(address, key=None, name="anonymous", timeout=30.0):
    """`address`: an URL, or a listener as the configuration writes it (unix:/path, 127.0.0.1:port)."""
    if address.startswith("unix:"):
        return UnixClient(address[len("unix:") :], key, name, timeout)
    if "://" not in address:
        address = "http://" + address
    return Client(address, key, name, timeout)


def query_string(parameters):
    """Brackets and commas stay readable; a list becomes comma-separated."""
    pairs = []
    for name, value in parameters.items():
        if isinstance(value, bool):
            value = "true" if value else "false"
        if isinstance(value, (list, tuple)):
            value = ",".join(str(item) for item in value)
        pairs.append(f"{urllib.parse.quote(name, safe='[]')}={urllib.parse.quote(str(value), safe=',:')}")
    return "&".join(pairs)


def environment(name):
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(
            f"{name} is not set: run the tests through tests/run, or read the env file of a run directory"
        )
    return value
