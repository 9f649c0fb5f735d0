"""The desk's rules: who serves whom next, decided without a clock of its own and without touching the world.

Waiting visitors stand in `lines`, agents sit in the `roster`, `routing` matches the two, and `desk` is the one writer
that turns what happened into commands.
"""
