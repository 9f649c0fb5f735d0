"""Floor 1: kefu.yaml as text becomes a frozen Spec, and every problem in it becomes a diagnostic.

Pure: text in, objects out.  Nothing here reads a file, an environment variable or a clock.
"""
