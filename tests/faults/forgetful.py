"""An appliance that does not recognise what it was sent before: the mutant that the fault tests must catch.

It is the real one with its two defences taken out: the window of the mailbox finds everything new, and no client id reaches
the unique index of the store.
"""

import sys

from appliance import cli
from appliance.conversation import dedup, numbering

if __name__ == "__main__":
    dedup.Window.look = lambda self, sender, cid: "new"  # type: ignore[method-assign]
    numbering.sender_and_cid = lambda record: None  # type: ignore[attr-defined]
    sys.exit(cli.main())
