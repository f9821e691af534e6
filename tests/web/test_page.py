"""The client as the edge gives it out: complete, from one origin, without anything inline."""
import datetime
import json
import pathlib
import re
import subprocess

import pytest

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"


@pytest.fixture(scope="module")
def page(anonymous):
    return anonymous.get("/", record=False)


def linked(page):
    return re.findall(r'(?:href|src)="([^"#][^"]*)"', page.text)


def test_page_is_served(page):
    assert page.status == 200 and page.media_type == "text/html"
    assert '<html lang="fr">' in page.text and "<h1>" in page.text


def test_everything_linked_is_there(page, anonymous):
    assert len(linked(page)) >= 4
    for target in linked(page):
        answer = anonymous.get(target if target.startswith("/") else f"/{target}", record=False)
        assert answer.status == 200, answer


def test_nothing_from_elsewhere(page):
    assert not [target for target in linked(page) if re.match(r"(?i)[a-z]+:|//", target)]


def test_security_headers(page, anonymous):
    for answer in (page, anonymous.get("/app/main.js", record=False), anonymous.get("/nothing-here", record=False)):
        assert answer.header("X-Content-Type-Options") == "nosniff"
        assert answer.header("Referrer-Policy")
    policy = page.header("Content-Security-Policy")
    assert "default-src 'none'" in policy and "require-trusted-types-for 'script'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy


def test_nothing_inline(page):
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page.text, re.IGNORECASE)


def test_script_writes_no_markup():
    for script in [*(WEB / "app").rglob("*.js"), WEB / "worker.js"]:
        text = script.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text), script


def test_operations_named_in_the_client_exist(contract):
    known = {operation["operationId"] for methods in contract.document["paths"].values()
             for operation in methods.values() if isinstance(operation, dict) and "operationId" in operation}
    named = {}
    for script in (WEB / "app").rglob("*.js"):
        for name in re.findall(r'contract\.(?:operation|has)\("([A-Za-z]+)"\)', script.read_text("utf-8")):
            named.setdefault(name, script.name)
    assert len(named) > 10
    assert {name: script for name, script in named.items() if name not in known} == {}


def test_only_the_demonstration_says_that_it_is_one(anonymous, tmp_path):
    assert json.loads((WEB / "config.json").read_text("utf-8"))["demonstration"] is False
    assert anonymous.get("/config.json", record=False).json["demonstration"] is True
    for slip in ("demonstration=yes", "demonstratoin=true"):
        made = subprocess.run(["node", WEB / "build.mjs", tmp_path / "tree", slip], capture_output=True, text=True, timeout=60)
        assert made.returncode == 2 and slip in made.stderr


def imports(script):
    return {(script.parent / name).resolve() for name in re.findall(r"^(?:import|export)\b[^;]*?[\"'](\.[^\"']+)[\"'];", script.read_text("utf-8"), re.MULTILINE)}


def test_what_the_start_needs_is_read_at_once(page):
    """A module that is imported by a module would else be asked for one round trip after the other."""
    waiting, needed = [WEB / "app" / "main.js"], set()
    while waiting:
        script = waiting.pop()
        for found in imports(script) if script.exists() else ():
            if found not in needed:
                needed.add(found)
                waiting.append(found)
    ours = {str(path.relative_to(WEB)) for path in needed if path.is_relative_to(WEB / "app")}
    preloaded = set(re.findall(r'rel="modulepreload" href="([^"]+)"', page.text))
    assert len(ours) > 10 and ours == {path for path in preloaded if path.startswith("app/")}


def test_missing_page_is_a_problem(anonymous):
    answer = anonymous.get("/nothing-here", record=False)
    assert answer.status == 404 and answer.code == "not-found" and answer.json["request_id"]


def test_hidden_files_stay_hidden(anonymous):
    assert anonymous.get("/.git/config", record=False).status == 404


def test_security_contact(anonymous):
    answer = anonymous.get("/.well-known/security.txt", record=False)
    assert answer.status == 200 and answer.media_type == "text/plain"
    expires = re.search(r"^Expires: (.*)$", answer.text, re.MULTILINE).group(1)
    assert datetime.datetime.fromisoformat(expires.replace("Z", "+00:00")) > datetime.datetime.now(datetime.timezone.utc)
    assert re.search(r"^Contact: \S+$", answer.text, re.MULTILINE)


def test_text_is_compressed_for_those_who_ask(anonymous):
    answer = anonymous.get("/app/main.js", headers={"Accept-Encoding": "gzip"}, record=False)
    assert answer.header("Content-Encoding") == "gzip" and "Accept-Encoding" in answer.header("Vary")
