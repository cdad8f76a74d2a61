"""The four providers' HTTP APIs, played over one small academy of made-up data."""
