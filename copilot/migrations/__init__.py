"""The steps between versions of the database. A step is frozen: it imports nothing of ours that may change later."""
