"""The fourteen sections of the report, gathered by what they tell of."""
