"""Bytes in, bytes out: what no well-behaved HTTP client would send.

A probe that stays without an answer is a result too (`closed` or `timed_out`), never an exception."""
import socket
import time

from . import recording


class RawAnswer:
    def __init__(self, data, closed, timed_out, seconds):
        self.data = data
        self.closed = closed
        self.timed_out = timed_out
        self.seconds = seconds
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        first = lines[0].split(b" ", 2) if lines else []
        self.status = int(first[1]) if len(first) >= 2 and first[1].isdigit() else None
        self.headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if colon:
                self.headers.append((name.decode("latin-1"), value.strip().decode("latin-1")))
        self.chunked = "chunked" in (self.header("Transfer-Encoding") or "").lower()
        self.complete, self.body = self._read_body(rest)

    def _read_body(self, rest):
        if self.status is None:
            return False, b""
        if self.status in (204, 304) or 100 <= self.status < 200:
            return True, b""
        if not self.chunked:
            length = self.header("Content-Length")
            if length is None:
                return self.closed, rest
            return len(rest) >= int(length), rest[: int(length)]
        body = b""
        while True:
            size, newline, rest = rest.partition(b"\r\n")
            if not newline:
                return False, body
            try:
                count = int(size.split(b";")[0], 16)
            except ValueError:
                return False, body
            if count == 0:
                return True, body
            if len(rest) < count + 2:
                return False, body + rest[:count]
            body, rest = body + rest[:count], rest[count + 2 :]

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    def __repr__(self):
        return (
            f"<raw {self.status} complete={self.complete} closed={self.closed} timed_out={self.timed_out} "
            f"{self.seconds:.2f}s {self.data[:500]!r}>"
        )


def connect(address, timeout=10.0):
    """`address`: (host, port), or the path of a Unix socket."""
    if isinstance(address, str):
        plug = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        plug.settimeout(timeout)
        plug.connect(address)
        return plug
    return socket.create_connection(address, timeout=timeout)


def probe(address, data, *, timeout=10.0, wait_for_close=False):
    """Sends `data` (bytes, or a list of bytes with a pause of 50 ms between the parts) and reads until the answer is
    complete, the peer closes or `timeout` seconds have passed."""
    start = time.monotonic()
    plug = connect(address, timeout)
    received, closed, timed_out = b"", False, False
    try:
        parts = [data] if isinstance(data, bytes) else data
        try:
            for index, part in enumerate(parts):
                if index:
                    time.sleep(0.05)
                plug.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered and closed before the end of the request: the answer is still there to read
        while True:
            try:
                block = plug.recv(65536)
            except (ConnectionResetError, BrokenPipeError):
                closed = True
                break
            except socket.timeout:
                timed_out = True
                break
            if not block:
                closed = True
                break
            received += block
            if not wait_for_close and RawAnswer(received, False, False, 0).complete:
                break
    finally:
        plug.close()
    answer = RawAnswer(received, closed, timed_out, time.monotonic() - start)
    if answer.status is not None:
        line = (data if isinstance(data, bytes) else data[0]).split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        if len(line) == 3 and answer.complete:
            recording.record("raw", line[0], line[1], {}, b"", answer.status, answer.headers, answer.body)
    return answer


def message(method, target, headers=(), body=b"", *, host="localhost", length=True, version="HTTP/1.1"):
    """A request as bytes; `headers` are (name, value) pairs of text or bytes, written as they are."""
    lines = [
        f"{method} {target} {version}".encode("latin-1")
        if isinstance(target, str)
        else method.encode() + b" " + target + b" " + version.encode()
    ]
    if host is not None:
        lines.append(f"Host: {host}".encode())
    for name, value in headers:
        name = name.encode("latin-1") if isinstance(name, str) else name
        value = value.encode("latin-1") if isinstance(value, str) else value
        lines.append(name + b": " + value)
    if length and (body or method in ("POST", "PUT", "PATCH")):
        lines.append(f"Content-Length: {len(body)}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body, size=4096):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces) + b"0\r\n\r\n"


def begin_export(daemon, accept):
    """A reader that has the first bytes and then pauses, so that the export is in its middle."""
    plug = connect(daemon.address(), 20)
    plug.sendall(message("GET", "/v1/communes", [("Accept", accept)]))
    received = b""
    while len(received) < 20_000:
        block = plug.recv(20_000)
        assert block, received[:200]
        received += block
    return plug, received


def read_to_the_end(plug, received):
    while True:
        try:
            block = plug.recv(65536)
        except ConnectionResetError:
            return RawAnswer(received, True, False, 0)
        if not block:
            return RawAnswer(received, True, False, 0)
        received += block


def read_to_the_end_of_answer(plug, received):
    while not RawAnswer(received, False, False, 0).complete:
        block = plug.recv(1 << 20)
        if not block:
            break
        received += block
    return RawAnswer(received, False, False, 0)
