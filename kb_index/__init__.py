"""热线百科: articles, slices and the search over them."""
