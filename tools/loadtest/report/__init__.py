"""The report of a load test: one HTML file in two languages that a manager and an engineer can both read."""

from tools.loadtest.report.page import csv, html

__all__ = ["csv", "html"]
