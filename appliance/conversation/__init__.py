"""One conversation: who may do what, what was sent before, the numbering of its log, and reading it back."""
