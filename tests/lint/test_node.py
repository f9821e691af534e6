"""Every package of npm must run on the Node.js of Debian 12, whatever newer one the machine at hand has."""
import json
import pathlib

import pytest
import semantic_version

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEBIAN_12 = semantic_version.Version("18.20.4")
LOCKS = sorted(path for path in ROOT.glob("*/**/package-lock.json")
               if not {"node_modules", "build", ".run"} & set(path.relative_to(ROOT).parts))


def refuses(package):
    engines = package.get("engines")
    wanted = engines.get("node") if isinstance(engines, dict) else None
    return wanted and DEBIAN_12 not in semantic_version.NpmSpec(wanted.replace(">= ", ">="))


def test_the_lock_files_are_found():
    assert {"web", "openapi"} <= {path.parent.name for path in LOCKS}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_packages_run_on_debian_12(lock):
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    assert [(name, package["engines"]["node"]) for name, package in packages.items() if refuses(package)] == []
