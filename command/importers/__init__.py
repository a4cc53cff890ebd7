"""Lists of local help, read and kept."""
