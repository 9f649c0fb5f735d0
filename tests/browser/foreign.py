"""The web site of somebody else: one page that embeds the widget, under a content policy of its own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Another shop</title><link rel="icon" href="data:,">
<script src="/shop.js"></script></head><body><h1>Another shop</h1></body></html>"""

# Calls made before the widget has loaded wait in the queue: the snippet as the readme gives it, with the trusted URL that
# this site's policy asks of its own scripts.
SCRIPT = """
(function (w, d, s) {
  w.kefu = w.kefu || function () { (w.kefu.q = w.kefu.q || []).push(arguments); };
  var e = d.createElement('script');
  e.async = true; e.src = trustedTypes.createPolicy('shop', { createScriptURL: s => s }).createScriptURL(s); d.head.appendChild(e);
})(window, document, 'APPLIANCE/widget.js');
kefu('on', 'ready', function () { document.title = 'ready'; });
kefu('boot', { lang: 'en', open: true });
"""


class Foreign:
    """Serves the page on a port of its own; closed by leaving the `with`."""

    def __init__(self) -> None:
        self.appliance = ""
        """The address of the appliance, to be told before the page is asked for."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                script = self.path == "/shop.js"
                body = (SCRIPT.replace("APPLIANCE", site.appliance) if script else PAGE).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/javascript" if script else "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.origin = f"http://{self.host}"

    @property
    def policy(self) -> str:
        """As strict as a site can be that wants the widget: nothing inline, styles included."""
        sources = f"{self.appliance} {self.appliance.replace('http', 'ws')}"
        return (
            f"default-src 'none'; script-src 'self' {self.appliance}; connect-src {sources}; img-src data:; "
            "require-trusted-types-for 'script'; trusted-types shop; base-uri 'none'; form-action 'none'"
        )

    def __enter__(self) -> "Foreign":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
