"""Tests of the fourteen sections."""
