"""Tests of the report; `sample.py` makes the runs that they look at."""
