"""One place: its story, what helps near it, what to ask, what to hand over."""
