"""From words to nature, matter, department, urgency and ticket fields."""
