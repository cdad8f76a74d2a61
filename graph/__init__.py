"""What may be asked: the types, their fields and their relations."""
