"""Speech to text: one engine a file behind one protocol."""
