"""What machines can see in the source without running it."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUNCTION_MOST = 80


def run(*command, **options):
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=options.pop("timeout", 100), **options)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def files(*patterns):
    """Files of the work tree that git would keep; without git, all but what is made here."""
    names = []
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z", *patterns], cwd=ROOT,
                                stdout=subprocess.PIPE, check=False)
        names = listed.stdout.decode().split("\0")
    if not any(names):
        made = {".git", "build", ".run", "node_modules", "__pycache__"}
        names = [str(path.relative_to(ROOT)) for pattern in patterns or ("*",) for path in ROOT.rglob(pattern)
                 if not made & set(path.relative_to(ROOT).parts)]
    return sorted(name for name in names if name and (ROOT / name).is_file())


def read(name):
    return (ROOT / name).read_text("utf-8", "replace")


def shell_scripts():
    return [name for name in files()
            if name.endswith(".sh") or re.match(r"#!.*\b(ba)?sh\b", read(name)[:60].split("\n")[0])]


def own_c():
    return [name for name in files("*.c", "*.h") if name.startswith("api/")]


@pytest.mark.timeout(480)
def test_second_compiler():
    """clang, warnings as errors; gcc does the same in the sanitizer build."""
    if not (ROOT / "build" / "clang" / "build.ninja").exists():
        run("meson", "setup", "build/clang", ".", "--werror", "-Dbuildtype=debug", env=dict(os.environ, CC="clang"))
    run("ninja", "-C", "build/clang", timeout=470)


@pytest.mark.timeout(480)
@pytest.mark.parametrize("check", ["format", "words", "layers", "cppcheck", "tidy"])
def test_c(check):
    run("tests/lint/c-lint", check, timeout=470)


def test_shell():
    scripts = shell_scripts()
    assert "deploy/start" in scripts and "tests/run" in scripts
    run("shellcheck", *scripts)


def test_python():
    programs = [name for name in files() if name.endswith(".py") or read(name).startswith("#!/usr/bin/python3")]
    run("pyflakes3", *programs)


def functions(text):
    """(first line, number of lines) of each function body: from a line that is `{`-terminated at column 0 to `}`."""
    start = None
    for number, line in enumerate(text.split("\n"), 1):
        if start is None and re.match(r"^[A-Za-z_].*\)\s*\{$|^ {4,}.*\)\s*\{$", line) and not line.startswith("    }"):
            start = number
        elif line.startswith("}"):
            if start is not None:
                yield start, number - start + 1
            start = None


def test_functions():
    faults = [f"{name}:{start}: {length} lines" for name in own_c() if name.endswith(".c")
              for start, length in functions(read(name)) if length > FUNCTION_MOST]
    assert not faults, "\n".join(faults)


def test_base_first():
    faults = []
    for name in own_c():
        if name.endswith(".c"):
            includes = re.findall(r"^#include [<\"](.*)[>\"]", read(name), re.MULTILINE)
            if includes[:1] != ["base.h"]:
                faults.append(name)
    assert not faults, faults


def test_no_notes_left():
    """Open work belongs to the issues; paths and hosts of somebody's machine belong nowhere."""
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    places = re.compile(r"/(home|root|mnt|media)/[a-z]")
    faults = []
    for name in files():
        if name.endswith((".json", ".tsv", ".dict", ".png")) or "/corpus/" in name or name.startswith("tests/lint/"):
            continue
        faults += [f"{name}:{number}: {line.strip()[:100]}" for number, line in enumerate(read(name).split("\n"), 1)
                   if words.search(line) or places.search(line)]
    assert not faults, "\n".join(faults)


def test_no_registry_in_lock_files():
    faults = [name for name in files() if name.endswith("package-lock.json") and '"resolved"' in read(name)]
    assert not faults, faults


def test_packages_have_reasons():
    for name in ("deploy/packages", "tests/packages", "tests/bench/packages"):
        for line in read(name).splitlines():
            assert line.startswith("#") or re.match(r"^[a-z0-9.+-]+ +# .{4,}", line), f"{name}: {line}"


def test_unit_is_hardened():
    run("systemd-analyze", "security", "--offline=true", "--threshold=20", "deploy/systemd/maillage.service")
    run("systemd-analyze", "security", "--offline=true", "--threshold=20", "deploy/systemd/maillage-job.service")
