"""What every test shares: hypothesis settings that give the same verdict on a busy machine as on an idle one."""

import os
import tempfile

from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

# Speed is measured in tests/bench only, so no example has a deadline. The examples that once failed are kept
# outside the tree: a checkout stays clean, and a read-only one works.
_EXAMPLES = os.path.join(tempfile.gettempdir(), f"kefu-hypothesis-{os.getuid()}")

settings.register_profile("work", deadline=None, database=DirectoryBasedExampleDatabase(_EXAMPLES))
# In CI the same examples run every time: a red build is red for its change, not for its luck.
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "work")
