"""A GraphQL executor that resolves each level once for all its objects."""
