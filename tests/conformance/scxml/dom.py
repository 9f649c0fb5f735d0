"""XML as a value of ECMAScript: the few properties of the DOM that documents ask for."""

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.conformance.scxml.ecmascript.values import Arr, Func, Obj, text
from tests.conformance.scxml.faults import Unsupported
from tests.conformance.scxml.reader import local


class Dom(Obj):
    """An element; `whole` says that it stands for its document."""

    kind = "Object"

    def __init__(self, element: Element, whole: bool = True) -> None:
        super().__init__()
        self.element = element
        self.whole = whole

    def get(self, key: str) -> Any:
        """Return what the DOM has under this name."""
        match key:
            case "getElementsByTagName":
                return Func(key, lambda this, args: Arr(self._named(text(args[0]))), own_this=False)
            case "getAttribute":
                return Func(key, lambda this, args: self.element.get(text(args[0])), own_this=False)
            case "documentElement" | "firstElementChild" if self.whole:
                return Dom(self.element, whole=False)
            case "childNodes" | "children":
                return Arr(Dom(child, whole=False) for child in self.element)
            case "tagName" | "nodeName" | "localName":
                return local(self.element).split("}")[-1]
            case "textContent":
                return "".join(self.element.itertext())
            case "toString" | "valueOf":
                return Func(key, lambda this, args: self.source(), own_this=False)
        raise Unsupported(f"the DOM's {key}")

    def has(self, key: str) -> bool:
        """Nobody asks a node `in` questions."""
        raise Unsupported("`in` on a node of the DOM")

    def source(self) -> str:
        """Return the XML."""
        return ElementTree.tostring(self.element, encoding="unicode").strip()

    def _named(self, name: str) -> list["Dom"]:
        found = [each for each in self.element.iter() if name in ("*", local(each).split("}")[-1])]
        if not self.whole:
            found = [each for each in found if each is not self.element]
        return [Dom(each, whole=False) for each in found]
