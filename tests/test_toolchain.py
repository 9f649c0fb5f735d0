"""The two commands keep their promises: pinned, hashed, free of addresses, quick the second time, clear when stuck.

These tests run the set-up scripts in a small copy of the checkout, with stand-ins for the programs that they call; nothing
is downloaded.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import appliance

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "appliance" / "ui"
REQUIREMENTS = ("requirements", "requirements-dev", "requirements-node")
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[\w.]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_with_hashes_as_asked_for(name: str) -> None:
    locked = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[\w.-]+==)", locked)[1:]
    assert blocks
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert pins(f"{name}.in").items() <= pins(f"{name}.txt").items(), "run `make lock`"


def test_both_requirement_files_agree_where_they_overlap() -> None:
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name for name in runtime.keys() & dev.keys() if runtime[name] != dev[name]} == set()


@pytest.mark.parametrize("name", [*(f"{name}.{end}" for name in REQUIREMENTS for end in ("in", "txt"))])
def test_no_requirement_file_names_an_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url.*|--find-links.*", text) == []


def test_the_lock_of_the_browser_code_is_exact_and_names_no_registry() -> None:
    lock = json.loads((UI / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    asked = json.loads((UI / "package.json").read_text(encoding="utf-8"))
    wanted = asked["dependencies"] | asked["devDependencies"]
    assert wanted == {name: packages[f"node_modules/{name}"]["version"] for name in wanted}
    for cpu in ("x64", "arm64"):
        assert f"node_modules/@esbuild/linux-{cpu}" in packages


def test_the_wheel_asks_for_what_the_lock_holds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["dependencies"]) == {f"{n}>={v}" for n, v in pins("requirements.in").items()}
    assert re.fullmatch(r"\d+\.\d+\.\d+", appliance.__version__)


def test_help_lists_every_target() -> None:
    shown = subprocess.run(["make", "-C", ROOT], capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^  make ([a-z-]+)", shown, re.MULTILINE))
    assert {"run", "setup", "test", "check", "generate", "bench", "browser", "help"} <= listed
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert listed == set(phony[1].split())


# --- the set-up scripts, with stand-ins ---------------------------------------------------------------------------

STAND_IN = """#!/bin/sh
# A Python whose pip writes down that it was called.
case "$*" in
*"-m venv"*) mkdir -p .venv/bin .venv/lib/python3.11/site-packages; echo "version = 3.11" >.venv/pyvenv.cfg
             cp "$0" .venv/bin/python ;;
*"-m pip"*) echo "$@" >>pip-calls ;;
*) exec "{python}" "$@" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what set-up reads, in a folder with a space in its name, and a stand-in Python on its PATH."""
    place = tmp_path / "my checkout"
    shutil.copytree(ROOT / "packaging" / "setup", place / "packaging" / "setup")
    for name in REQUIREMENTS:
        shutil.copy(ROOT / f"{name}.txt", place)
    executable(tmp_path / "bin" / "python3", STAND_IN.format(python=sys.executable))
    return place


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def setup(checkout: Path, *parts: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{checkout.parent / 'bin'}:{environment.pop('PATH', '/usr/bin:/bin')}"
    command = ["/bin/sh", str(checkout / "packaging/setup/setup.sh"), *parts]
    env = {"PATH": path, "HOME": "", **environment}
    return subprocess.run(
        command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def pip_calls(checkout: Path) -> int:
    calls = checkout / "pip-calls"
    return len(calls.read_text(encoding="utf-8").splitlines()) if calls.exists() else 0


def test_the_second_time_nothing_is_installed_even_when_all_times_changed(checkout: Path) -> None:
    assert setup(checkout, "runtime").returncode == 0
    assert pip_calls(checkout) == 1
    for path in checkout.rglob("*"):
        os.utime(path, (0, 0))
    again = setup(checkout, "runtime")
    assert (again.returncode, again.stdout, pip_calls(checkout)) == (0, "", 1)


def test_a_changed_requirement_is_installed(checkout: Path) -> None:
    setup(checkout, "runtime")
    with (checkout / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    setup(checkout, "runtime")
    assert pip_calls(checkout) == 2


def test_a_moved_checkout_gets_a_new_environment(checkout: Path) -> None:
    setup(checkout, "runtime")
    moved = checkout.rename(checkout.parent / "elsewhere")
    assert "making .venv" in setup(moved, "runtime").stdout
    assert (moved / ".venv/lib/python3.11/site-packages/kefu-checkout.pth").read_text() == f"{moved}\n"


def test_no_python_is_answered_in_two_languages_with_the_command(checkout: Path) -> None:
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        executable(checkout.parent / "bin" / name, "#!/bin/sh\nexit 127\n")
    found = setup(checkout, "runtime")
    assert found.returncode == 1
    assert "no Python 3.11 or newer" in found.stderr
    assert "没有找到 Python 3.11" in found.stderr
    assert "    sudo apt install make python3-venv\n" in found.stderr


def test_a_python_without_venv_is_answered_with_the_command(checkout: Path) -> None:
    lacking = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; *) exec "{python}" "$@" ;; esac\n'
    executable(checkout.parent / "bin" / "python3", lacking.format(python=sys.executable))
    found = setup(checkout, "runtime")
    assert found.returncode == 1
    assert "缺少 venv 或 ensurepip" in found.stderr
    assert "sudo apt install make python3-venv" in found.stderr


def test_a_chosen_python_that_is_none_is_refused_by_name(checkout: Path) -> None:
    found = setup(checkout, "runtime", PYTHON="/bin/false")
    assert found.returncode == 1
    assert "PYTHON=/bin/false is not a Python 3.11" in found.stderr


def test_a_missing_debian_package_is_named_with_the_exact_command(checkout: Path) -> None:
    needs = "# comment\nnonesuch-a /nonesuch/a\nthere /bin/sh\nnonesuch-b /nonesuch/b\n"
    (checkout / "packaging/setup/debian-test-packages.txt").write_text(needs, encoding="utf-8")
    executable(checkout.parent / "bin" / "id", "#!/bin/sh\necho 1000\n")
    executable(checkout.parent / "bin" / "sudo", "#!/bin/sh\nexit 1\n")
    found = setup(checkout, "debian")
    assert found.returncode == 1
    assert "sudo apt-get install -y --no-install-recommends nonesuch-a nonesuch-b" in found.stderr


def test_missing_debian_packages_are_installed_when_root(checkout: Path) -> None:
    proof = checkout.parent / "proof"
    (checkout / "packaging/setup/debian-test-packages.txt").write_text(f"wanted {proof}\n", encoding="utf-8")
    executable(checkout.parent / "bin" / "id", "#!/bin/sh\necho 0\n")
    # The first try fails as on a machine whose package index is stale; after `update` the package is there.
    executable(
        checkout.parent / "bin" / "apt-get",
        '#!/bin/sh\ncd "${0%/*}/.."\ncase $1 in update) : >fresh ;; *) [ -e fresh ] && : >proof ;; esac\n',
    )
    assert setup(checkout, "debian").returncode == 0
    assert proof.exists()


def test_an_unknown_part_is_refused(checkout: Path) -> None:
    assert setup(checkout, "nonesuch").returncode == 1


def test_repeat_stops_at_the_first_failure(tmp_path: Path) -> None:
    script = 'echo x >>rounds; [ "$(wc -l <rounds)" -lt 3 ]'
    command = ["/bin/sh", str(ROOT / "packaging/setup/repeat.sh"), "5", "/bin/sh", "-c", script]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    assert (tmp_path / "rounds").read_text() == "x\n" * 3
