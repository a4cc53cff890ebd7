"""How anything is drawn: colours, icons, elements, figures."""
