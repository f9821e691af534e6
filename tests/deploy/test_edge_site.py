"""The production site: nginx takes it as it is, with the parts made from this contract, and it speaks TLS only."""
import pathlib
import re
import socket
import ssl
import subprocess
import time

import pytest

from support.system import free_port, run_directory, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    application = run_directory() / "app"
    for name in ("http.conf", "api.conf", "headers.conf", "server.conf"):
        (folder / name).write_text((ROOT / "deploy" / "nginx" / name).read_text("utf-8"), "utf-8")
    run("/usr/bin/python3", str(ROOT / "deploy/nginx/render.py"), "--contract", str(application / "openapi.json"),
        "--problems", str(application / "problems.json"), "--origin", "https://maillage.example.org", "--folder", str(folder))
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=maillage.example.org",
        "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"))
    clear, tls = free_port(), free_port()
    text = (ROOT / "deploy/nginx/maillage.site").read_text("utf-8")
    text = text.replace("/etc/maillage/nginx", str(folder)).replace("/etc/maillage/tls", str(folder))
    text = text.replace("/usr/share/maillage/web", str(application / "web")).replace("/var/log/nginx/maillage.log", str(folder / "access.log"))
    text = text.replace("unix:/run/maillage/api.sock", f"unix:{folder}/nobody.sock")
    text = re.sub(r"\n +listen \[::\].*", "", text)
    text = text.replace("listen 80 ", f"listen 127.0.0.1:{clear} ").replace("listen 443 ", f"listen 127.0.0.1:{tls} ")
    (folder / "site").write_text(text, "utf-8")
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid;\ndaemon off;\nerror_log {folder}/error.log crit;\nevents {{ }}\nhttp {{\n"
        "include /etc/nginx/mime.types;\n"
        + "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        + f"include {folder}/http.conf;\ninclude {folder}/maps.conf;\ninclude {folder}/site;\n}}\n", "utf-8")
    command = ["nginx", "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    run(*command, "-t")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def listening():
        with socket.socket() as plug:
            return plug.connect_ex(("127.0.0.1", tls)) == 0
    try:
        wait_until(listening, 20, "nginx listens")
        yield clear, tls, str(folder / "fullchain.pem")
    finally:
        process.terminate()
        process.wait(20)


def ask(port, target, certificate=None, version=None):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        stream = plain
        if certificate:
            context = ssl.create_default_context(cafile=certificate)
            context.check_hostname = False
            if version:
                context.set_ciphers("ALL:@SECLEVEL=0")  # the refusal must be the server's, not ours
                context.minimum_version = context.maximum_version = version
            stream = context.wrap_socket(plain, server_hostname="maillage.example.org")
        stream.sendall(f"GET {target} HTTP/1.1\r\nHost: maillage.example.org\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            piece = stream.recv(65536)
            if not piece:
                break
            answer += piece
    return answer.decode("utf-8", "replace")


def test_page_over_tls(site):
    _, tls, certificate = site
    answer = ask(tls, "/", certificate)
    assert answer.startswith("HTTP/1.1 200") and "Strict-Transport-Security: max-age=" in answer
    assert "Content-Security-Policy: default-src 'none'; script-src 'self';" in answer and "nginx/" not in answer
    assert "require-trusted-types-for 'script'" in answer


def test_daemon_away_is_a_problem(site):
    _, tls, certificate = site
    answer = ask(tls, "/v1/status", certificate)
    assert answer.startswith("HTTP/1.1 503") and "application/problem+json" in answer and "Retry-After:" in answer
    assert "https://maillage.example.org/v1/problems/service-unavailable" in answer


def test_clear_text_is_sent_away(site):
    clear, _, _ = site
    assert ask(clear, "/page?x=1").startswith("HTTP/1.1 308")
    assert "Location: https://maillage.example.org/page?x=1" in ask(clear, "/page?x=1")
    answer = ask(clear, "/v1/members")
    assert answer.startswith("HTTP/1.1 426") and "application/problem+json" in answer


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_protocols_are_refused(site):
    _, tls, certificate = site
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with pytest.raises(ssl.SSLError, match="(?i)alert"):
            ask(tls, "/", certificate, version)
