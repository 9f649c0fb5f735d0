"""`python -m appliance` is `kefu`."""

import sys

from appliance.cli import main

sys.exit(main())
