"""The API: every answer that a program asks for."""
