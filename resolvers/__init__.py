"""How the graph is answered: plain functions over the context. No HTTP, no vendor's name."""
