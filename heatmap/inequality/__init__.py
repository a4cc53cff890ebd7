"""Who has less: gradients from the most to the least deprived, and two layers at once."""
