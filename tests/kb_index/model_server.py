"""A real HTTP server that speaks as embedding and rerank endpoints do, with the packaged encoder behind it."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ModelServer(ThreadingHTTPServer):
    """asked: (path, body, key) of every request. broken: (status, bytes) to answer instead, while set."""

    def __init__(self, encoder):
        super().__init__(("127.0.0.1", 0), Handler)
        self.encoder, self.asked, self.broken = encoder, [], None

    @property
    def url(self):
        """What stands before /embeddings."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def answer(self, path, body):
        """The rows come in another order than they were asked for in, as they may."""
        if path == "/v1/embeddings":
            rows = self.encoder.encode(body["input"]).tolist()
            data = [{"object": "embedding", "index": number, "embedding": row} for number, row in enumerate(rows)]
            return {"object": "list", "model": body["model"], "data": data[::-1]}
        sought, *rows = self.encoder.encode([body["query"], *body["documents"]])
        found = [{"index": number, "relevance_score": float(sought @ row)} for number, row in enumerate(rows)]
        return {"results": sorted(found, key=lambda one: -one["relevance_score"])}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self):
        """Answers, or breaks as it was told to."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, self.headers.get("Authorization")))
        status, content = self.server.broken or (200, json.dumps(self.server.answer(self.path, body)).encode())
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Says nothing."""


@contextmanager
def serving(encoder):
    """The server, answering until the end."""
    with ModelServer(encoder) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
