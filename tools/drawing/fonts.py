"""Which characters no font of this machine can show, asked of the fontconfig that Graphviz itself will ask.

Graphviz draws an empty box for a character without a glyph and says nothing; a picture full of boxes must not pass for a
picture.  pygraphviz's wheel brings its fontconfig along; where Graphviz comes from the system, so does fontconfig.
"""

import ctypes
import ctypes.util
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path


class _FontSet(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_int),
        ("room", ctypes.c_int),
        ("fonts", ctypes.POINTER(ctypes.c_void_p)),
    )


def missing(text: Iterable[str]) -> str:
    """Return the characters of `text` that no font has, in their order; "" when that cannot be found out."""
    wanted = list(dict.fromkeys(char for char in text if ord(char) > 0x7F))
    name = library()
    if not name or not wanted:
        return ""
    fontconfig = ctypes.CDLL(name)
    for function in ("FcPatternCreate", "FcObjectSetCreate"):
        getattr(fontconfig, function).restype = ctypes.c_void_p
    fontconfig.FcFontList.restype = ctypes.POINTER(_FontSet)
    objects = ctypes.c_void_p(fontconfig.FcObjectSetCreate())
    fontconfig.FcObjectSetAdd(objects, b"charset")
    found = fontconfig.FcFontList(None, ctypes.c_void_p(fontconfig.FcPatternCreate()), objects)
    for number in range(found.contents.count if found else 0):
        characters = ctypes.c_void_p()
        font = ctypes.c_void_p(found.contents.fonts[number])
        if fontconfig.FcPatternGetCharSet(font, b"charset", 0, ctypes.byref(characters)) == 0:
            wanted = [
                char
                for char in wanted
                if not fontconfig.FcCharSetHasChar(characters, ctypes.c_uint(ord(char)))
            ]
    return "".join(wanted)


def library() -> str:
    """Return the fontconfig that Graphviz uses here, "" when there is none."""
    package = find_spec("pygraphviz")
    if package is not None and package.origin:
        bundled = sorted((Path(package.origin).parent.parent / "pygraphviz.libs").glob("libfontconfig*"))
        if bundled:
            return str(bundled[0])
    return ctypes.util.find_library("fontconfig") or ""
