"""The schema composed with others by every composer, and compared with the last release."""
