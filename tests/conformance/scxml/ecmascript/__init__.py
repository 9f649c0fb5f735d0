"""The part of ECMAScript that SCXML documents use: tokens, grammar, values, evaluation, the built-in objects."""
