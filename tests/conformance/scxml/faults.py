"""The two ways in which a document cannot be judged, kept apart: it is wrong, or we are too small for it."""


class Unsupported(Exception):
    """Something SCXML or ECMAScript has and this adapter lacks: the verdict is `unsupported`, never pass or fail."""


class Rejected(Exception):
    """The document cannot be run at all: no well-formed XML, a target that does not exist, a script without a file."""


class Illegal(Exception):
    """An expression or an element fails while the document runs; SCXML calls it error.execution."""
