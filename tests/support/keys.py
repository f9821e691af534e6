"""Keys made the way an operator makes them: by the command line, which prints the text once."""
import os
import subprocess

from .system import binary, run_directory


def command(*arguments):
    """`maillage key …` with the owner's rights; the finished process."""
    verb, rest = arguments[0], arguments[1:]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILLAGE_")}
    return subprocess.run(
        [
            binary(),
            "key",
            verb,
            "-c",
            str(run_directory() / "maillage.conf"),
            "--database",
            os.environ["MAILLAGE_DATABASE"],
            *rest,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        env=clean,
    )


def create(kind, label, *options):
    done = command("create", "--kind", kind, "--label", label, *options)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
    return next(word for word in done.stdout.split() if word.startswith("fed_"))
