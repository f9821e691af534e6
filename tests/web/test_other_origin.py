"""The client from a static server that knows nothing of it, the service on another origin that lists the first."""
import functools
import http.server
import json
import os
import subprocess
import threading

import pytest

from support.cleanup import remove_test_rows
from support.system import Daemon, free_port
from test_browser import HERE, RUN

WEB = HERE.parents[1] / "web"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {}; manifest-src 'self'; worker-src 'self'; "
          "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types lit-html app")


class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY.format(self.server.service))
        super().end_headers()

    def log_message(self, *_):
        """Nobody reads it."""


def serve(tree, service):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=tree))
    server.service = service
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    port, tree = free_port(), tmp_path_factory.mktemp("client") / "tree"
    service = f"http://127.0.0.1:{port}"
    subprocess.run(["node", WEB / "build.mjs", tree, f"apiBase={service}"], check=True, timeout=60)
    listed, page = serve(tree, service)
    unlisted, stranger = serve(tree, service)
    try:
        with Daemon({"listen": f"127.0.0.1:{port}", "allowed_origins": page}) as daemon:
            daemon.start()
            done = subprocess.run(["node", RUN, "../elsewhere.mjs"], cwd=HERE, capture_output=True, text=True, timeout=200,
                                  env=os.environ | {"MAILLAGE_URL": page, "MAILLAGE_API": service, "MAILLAGE_UNLISTED": stranger})
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)
    finally:
        listed.shutdown()
        unlisted.shutdown()
        remove_test_rows()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", ["w28_service_on_another_origin", "w28_origin_that_is_not_listed"])
def test_other_origin(results, name):
    assert results[name] is None, results[name]
