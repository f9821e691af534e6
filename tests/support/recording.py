"""Every exchange of the run, one JSON object per line, for tests/exchange/validate.py.

Several processes may append to one file: each exchange is one write to a descriptor opened for appending.
Bodies are cut (the cut is marked), and no key is ever written down: a key of the caller's is replaced by its name,
one that comes back in an answer is reported as a leak instead of being stored.
"""
import base64
import gzip
import json
import os
import re
import threading

BODY_LIMIT = 256 * 1024
KEY_PATTERN = re.compile(r"fed_[a-z0-9]+_[a-z0-9]{8}_[A-Za-z0-9]{38}")

_lock = threading.Lock()
_file = None


def _sink():
    global _file
    path = os.environ.get("MAILLAGE_RECORD")
    if not path:
        return None
    if _file is None or _file[0] != path:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        _file = (path, descriptor)
    return _file[1]


def redact(text):
    return KEY_PATTERN.sub("<key>", text)


def _body(raw):
    cut = raw[:BODY_LIMIT]
    try:
        stored = {"text": redact(cut.decode("utf-8"))}
    except UnicodeDecodeError:
        stored = {"base64": base64.b64encode(cut).decode("ascii")}
    stored["size"] = len(raw)
    stored["cut"] = len(raw) > BODY_LIMIT
    return stored


def record(caller, method, target, request_headers, request_body, status, headers, body):
    with _lock:
        sink = _sink()
        if sink is None:
            return
        if any(name.lower() == "content-encoding" and value == "gzip" for name, value in headers) and body:
            body = gzip.decompress(body)
        shown = KEY_PATTERN.findall(body.decode("utf-8", "replace"))
        line = {
            "caller": caller,
            "method": method,
            "target": redact(target),
            "request_headers": {name: redact(str(value)) for name, value in request_headers.items()},
            "request_body": _body(request_body or b""),
            "status": status,
            "headers": [[name, redact(value)] for name, value in headers],
            "keys_in_answer": len(shown),
            "body": _body(body),
            "test": os.environ.get("PYTEST_CURRENT_TEST", ""),
        }
        os.write(sink, (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8"))
