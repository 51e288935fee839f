"""The roof: it alone knows every room and puts them together."""
