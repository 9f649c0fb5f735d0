"""The golden diagnostics: what an operator reads for each wrong file, in both languages, and what programs read.

`python -m tests.config.goldens` writes them anew after a change of wording; then read the difference.
"""

from pathlib import Path

from appliance.config.load import load

FOLDER = Path(__file__).parent.parent / "golden" / "config"


def cases() -> list[str]:
    """Return the names of all wrong files."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def rendered(name: str) -> tuple[str, str]:
    """Return the text (Chinese, then English) and the JSON for one wrong file."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    _, found = load(text, f"{name}.yaml")
    return found.render("zh") + "-----\n" + found.render("en"), found.as_json()


if __name__ == "__main__":
    for name in cases():
        shown, data = rendered(name)
        (FOLDER / f"{name}.txt").write_text(shown, encoding="utf-8")
        (FOLDER / f"{name}.json").write_text(data, encoding="utf-8")
