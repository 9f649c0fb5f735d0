"""SCXML documents on kefu's core: a test-only adapter, so that public suites can judge the core.

`python -m tests.conformance.scxml FILE.scxml` prints pass, fail or unsupported and exits 0, 1 or 3.
"""
