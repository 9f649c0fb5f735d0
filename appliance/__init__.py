"""kefu: a live-chat appliance. Everything that decides is pure; everything that touches the world is thin."""

__version__ = "0.1.0"
