"""The keeping of 热线百科: versions and their life, imports, the index in step with the database."""
