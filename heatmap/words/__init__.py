"""Languages, phrases and the files of words."""
