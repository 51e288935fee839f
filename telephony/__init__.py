"""Where calls come from: one protocol over every source of call audio."""
