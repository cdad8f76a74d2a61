"""The servers that stand beside this one in the suites, over the same schema and data."""
