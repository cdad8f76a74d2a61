"""Whence the data comes: the four learning platforms behind one model. Knows nothing of GraphQL."""
