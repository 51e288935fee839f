"""Text encoders and rerankers: the protocol, and one file for each."""
