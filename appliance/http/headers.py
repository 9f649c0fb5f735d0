"""Security headers, on every answer: what our pages may load, who may frame them, what browsers must not guess."""

from aiohttp import web

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "media-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere: a text that slips through an escape still runs nothing."""

DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": DATA_POLICY,
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Fill in what the handler did not set, and do not say which server this is (an on_response_prepare signal)."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)
