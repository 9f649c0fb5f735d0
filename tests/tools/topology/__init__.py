"""Tests of what draws an installation."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
