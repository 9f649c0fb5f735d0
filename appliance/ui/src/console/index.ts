// The agent console's script.

import "./app";
