"""How answers are sent: headers, limits, static files, the log."""
