"""Tests of what draws a flow."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
