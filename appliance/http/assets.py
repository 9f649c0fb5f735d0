"""The built browser code, read once into memory: nothing a request names ever becomes a path on the disk.

Pages name their assets plainly (/assets/console.js); what is served says the hash too (/assets/console.1f0a….js), so that
browsers may keep an asset for ever and still never run an old one.
"""

import gzip
import hashlib
import mimetypes
from pathlib import Path

from msgspec import Struct

DIST = Path(__file__).resolve().parent.parent / "ui" / "dist"
HASH_DIGITS = 16
APART = ("speedscope",)
"""Folders of the build that are no part of our pages; whoever wants one opens it by itself."""
_COMPRESSED = (".js", ".css", ".html", ".svg", ".json", ".map", ".txt")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".map": "application/json",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


class Asset(Struct, frozen=True):
    """A file as it is served.  `packed` is its gzip form, None where that gains nothing."""

    name: str
    body: bytes
    packed: bytes | None
    content_type: str
    etag: str
    lasting: bool = False


class Assets:
    """All files below `folder` but those in APART, by name.  A folder that is missing gives none: `built` is then False."""

    def __init__(self, folder: Path = DIST) -> None:
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            and path.name != "manifest.json"
            and path.relative_to(folder).parts[0] not in APART
        }
        hashed = {name: _hashed(name, body) for name, body in files.items() if not name.endswith(".html")}
        self._found: dict[str, Asset] = {}
        for name, body in files.items():
            if name.endswith(".html"):
                self._found[name] = _asset(name, _with_hashes(body, hashed))
            else:
                self._found[name] = _asset(name, body)
                self._found[hashed[name]] = _asset(hashed[name], body, lasting=True)

    @property
    def built(self) -> bool:
        """Whether there is any browser code to serve."""
        return "widget.js" in self._found and "console.html" in self._found

    def get(self, name: str) -> Asset | None:
        """Return the asset of this name, None when there is none."""
        return self._found.get(name)

    def names(self) -> list[str]:
        """Return all names, hashed ones too."""
        return sorted(self._found)


def _hashed(name: str, body: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:HASH_DIGITS]
    return f"{stem}.{digest}{dot}{suffix}" if dot else f"{name}.{digest}"


def _with_hashes(page: bytes, hashed: dict[str, str]) -> bytes:
    # Longest first, so that "a.js" never eats the beginning of "a.js.map".
    for name in sorted(hashed, key=len, reverse=True):
        for quote in (b'"', b"'"):
            page = page.replace(
                b"/assets/" + name.encode() + quote, b"/assets/" + hashed[name].encode() + quote
            )
    return page


def _asset(name: str, body: bytes, lasting: bool = False) -> Asset:
    suffix = Path(name).suffix
    packed = gzip.compress(body, 9, mtime=0) if suffix in _COMPRESSED else None
    if packed is not None and len(packed) >= len(body):
        packed = None
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    etag = hashlib.sha256(body).hexdigest()[:32]
    return Asset(name, body, packed, _TYPES.get(suffix, guessed), etag, lasting)
