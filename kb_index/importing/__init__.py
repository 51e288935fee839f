"""Files brought into 热线百科: recognised by their content, read apart from the server, proposed as articles."""
