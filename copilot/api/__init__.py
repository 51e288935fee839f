"""HTTP and WebSocket edges; thin, one file a subject."""
