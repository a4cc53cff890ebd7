"""Readers for publishers files that are not one plain table: one module a layer, named by its id, with `read(*paths)`."""
