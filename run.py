"""Set csr_bot up in this folder and run it: ``python3 run.py demo`` or ``python3 run.py test``. Needs Python alone.

The first call makes ``.venv``, installs the locked packages and looks for a browser; later calls start at once. What
it prints goes to standard error, so that ``demo --json`` stays one JSON document.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"demo": ROOT / "requirements" / "run.txt", "test": ROOT / "requirements" / "test.txt"}
BROWSER_PACKAGES = ("chromium", "fonts-liberation")
USAGE = """\
usage: python3 run.py demo [ARGUMENTS OF csr-bot demo ...]
       python3 run.py test [ARGUMENTS OF pytest ...]

  --no-system-packages   never install Debian packages, even as root; say what is missing instead
"""


def main(arguments: Sequence[str]) -> None:
    """Prepare what the command needs, then become the command."""
    rest = [word for word in arguments if word != "--no-system-packages"]
    if not rest or rest[0] not in LOCKS:
        sys.stderr.write(USAGE)
        raise SystemExit(0 if rest[:1] in (["-h"], ["--help"]) else 2)
    if sys.version_info < (3, 11):  # noqa: UP036  # whoever starts this file has not installed anything yet
        stop(f"csr_bot needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    command, *others = rest
    may_use_apt = len(rest) == len(arguments) and os.geteuid() == 0 and shutil.which("apt-get") is not None
    prepare_packages(LOCKS[command], may_use_apt=may_use_apt)
    prepare_system(with_servers=command == "test", may_use_apt=may_use_apt)
    if command == "test":
        os.chdir(ROOT)
        os.execve(PYTHON, [str(PYTHON), "-m", "pytest", *others], {**os.environ, "CSR_REQUIRE_SERVICES": "1"})
    program = VENV / "bin" / "csr-bot"
    os.execv(program, [str(program), "demo", *others])


def prepare_packages(lock: Path, *, may_use_apt: bool) -> None:
    """Bring ``.venv`` to what the lock says, unless it is there already."""
    sources = (lock, ROOT / "pyproject.toml", Path(sys.executable))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources[:2]) + str(sources[2]).encode())
    stamp = VENV / f"{lock.stem}.stamp"
    if stamp.exists() and PYTHON.exists() and stamp.read_text(encoding="utf-8") == digest.hexdigest():
        return
    if not answers([str(PYTHON), "-m", "pip", "--version"]):
        make_environment(may_use_apt=may_use_apt)
    with step(f"installing {lock.relative_to(ROOT)} into .venv"):
        install(lock)
    stamp.write_text(digest.hexdigest(), encoding="utf-8")


def make_environment(*, may_use_apt: bool) -> None:
    """Make ``.venv``, with pip in it."""
    if importlib.util.find_spec("ensurepip") is None and may_use_apt:
        install_by_apt("python3-venv")
    with step("making .venv"):
        done = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", VENV], check=False, capture_output=True, text=True
        )
    if done.returncode:
        stop(
            "Python cannot make a virtual environment; on Debian and Ubuntu `apt-get install python3-venv` mends "
            f"that. It said: {(done.stdout + done.stderr).strip()}"
        )


def install(lock: Path) -> None:
    """Install the locked packages and then this project, with uv for its speed, else with pip.

    pip knows settings that uv does not read (pip.conf, PIP_INDEX_URL), so where uv reaches no index pip may.
    """
    python = str(PYTHON)
    pip = [python, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check"]
    uv = [python, "-m", "uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    parts = (["--require-hashes", "-r", str(lock)], ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    if all_run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "uv.txt")]):
        if all_run(*([*uv, *part] for part in parts)):
            return
        sys.stderr.write("uv could not; trying pip, which takes a minute or two\n")
    if not all_run(*([*pip, *part] for part in parts)):
        stop("The packages could not be installed: see the error above. A package index must be within reach of pip.")


def prepare_system(*, with_servers: bool, may_use_apt: bool) -> None:
    """See that a browser is there, and for the tests the servers that they start; SystemExit naming what is missing."""
    missing = find_missing(with_servers=with_servers)
    if missing and may_use_apt:
        install_by_apt(*missing)
        missing = find_missing(with_servers=with_servers)
    if BROWSER_PACKAGES[0] in missing:
        with step("downloading a browser"):
            answers([str(PYTHON), "-m", "playwright", "install", "chromium"])
        missing = find_missing(with_servers=with_servers)
    if BROWSER_PACKAGES[0] in missing:
        all_run(browser_finder())
        stop(
            "csr_bot needs a browser. Either `apt-get install -y --no-install-recommends "
            f"{' '.join(BROWSER_PACKAGES)}` or `{PYTHON} -m playwright install --with-deps chromium` brings one."
        )
    if missing:
        stop(
            f"The tests start real servers, and some are not installed: `apt-get install -y {' '.join(missing)}`. "
            f"Without them, `{PYTHON} -m pytest` skips the tests that need one."
        )


def find_missing(*, with_servers: bool) -> list[str]:
    """Return the Debian packages that would bring what is missing."""
    missing = [] if answers(browser_finder()) else list(BROWSER_PACKAGES)
    if with_servers:
        servers = subprocess.run(
            [PYTHON, "-m", "tests.services"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        missing += servers.stdout.split()
    return missing


def browser_finder() -> list[str]:
    """Return the command that succeeds where a browser starts, and otherwise says why none does."""
    finder = [str(PYTHON), "-m", "csr_bot.adapters.erp.find", "--cache", str(VENV / "browser.json")]
    wanted = os.environ.get("CSR_BROWSER")
    return [*finder, "--wanted", wanted] if wanted else finder


def install_by_apt(*packages: str) -> None:
    """Install Debian packages, refreshing the package lists only when a first attempt fails."""
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    order = [*apt, "install", "-y", "--no-install-recommends", *packages]
    with step(" ".join(order[2:])):
        if not answers(order):
            all_run([*apt, "-qq", "update"], order)


def all_run(*commands: Sequence[str]) -> bool:
    """Run the commands until one fails, their output on standard error; say whether all succeeded."""
    return all(subprocess.run(order, check=False, stdout=sys.stderr).returncode == 0 for order in commands)


def answers(command: Sequence[str]) -> bool:
    """Whether a command exists and succeeds; what it prints is not shown."""
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and afterwards how long it took."""
    sys.stderr.write(f"{what} ...\n")
    began = time.monotonic()
    yield
    sys.stderr.write(f"  {time.monotonic() - began:.1f} s\n")


def stop(sentence: str) -> NoReturn:
    """End with one sentence."""
    raise SystemExit(sentence)


if __name__ == "__main__":
    main(sys.argv[1:])
