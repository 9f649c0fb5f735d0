"""The golden texts of promises that are broken or cannot be proven, in both languages and as programs read them.

`python -m tests.flow.proofs` writes them anew after a change of wording; then read the difference.
"""

from pathlib import Path

from appliance.runtime.check import check_text

FOLDER = Path(__file__).parent.parent / "golden" / "verify"


def cases() -> list[str]:
    """Return the names of all files."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def rendered(name: str) -> tuple[str, str]:
    """Return the text (Chinese, then English) and the JSON that `kefu check` gives for one file."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    found = check_text(text, f"{name}.yaml", environment=None).diagnostics
    return found.render("zh") + "-----\n" + found.render("en"), found.as_json()


if __name__ == "__main__":
    for name in cases():
        shown, data = rendered(name)
        (FOLDER / f"{name}.txt").write_text(shown, encoding="utf-8")
        (FOLDER / f"{name}.json").write_text(data, encoding="utf-8")
