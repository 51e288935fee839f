"""How 热线百科 is used: what was asked and not found, what was cited and said, gaps, recalls."""
