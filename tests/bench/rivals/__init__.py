"""Other people's state machines, given the same machine and the same events as kefu's step: see definition.py."""
