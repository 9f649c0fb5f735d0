"""The documentation is run: every recipe, every command and every link in packaging/docs."""
