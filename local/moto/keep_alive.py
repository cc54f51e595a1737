"""Answers over kept connections. Werkzeug's handler closes each, so that every call costs a connection and a thread."""

import traceback
from io import BytesIO

from moto.moto_server.werkzeug_app import MotoRequestHandler


class KeepAliveHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is written at once: its head would else wait for the client to acknowledge what went before.
    wbufsize = -1
    disable_nagle_algorithm = True

    def make_environ(self):
        """The body is read whole, so that the next request begins where it ends."""
        environ = super().make_environ()
        length = environ.get("CONTENT_LENGTH")
        chunked = environ.get("wsgi.input_terminated", False)
        stream = environ["wsgi.input"]
        environ["wsgi.input"] = BytesIO(
            stream.read() if chunked else self.rfile.read(int(length or 0))
        )
        return environ

    def run_wsgi(self):
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        answer = {}

        def start_response(status, headers, exc_info=None):
            answer.update(status=status, headers=headers)

        try:
            body = self.body_of(self.server.app(self.make_environ(), start_response))
        except Exception:
            traceback.print_exc()
            answer.update(status="500 Internal Server Error", headers=[])
            body = b""
        self.send_answer(answer["status"], answer["headers"], body)

    @staticmethod
    def body_of(chunks):
        try:
            return b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def send_answer(self, status, headers, body):
        code, _, message = status.partition(" ")
        self.send_response(int(code), message)
        for name, value in headers:
            self.send_header(name, value)
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        if not lengths and code not in ("204", "304"):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()
