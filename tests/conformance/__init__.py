"""The flow core before public judges: SCXML suites, and a second machine that was written only to disagree."""
