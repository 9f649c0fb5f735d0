"""What the tasks profile tells of a task besides its stack: the route of its request, the state of its conversation.

Both are words of the program or of kefu.yaml.  Addresses, ids, headers and what people write are told of nobody.
"""

from types import FrameType

from aiohttp import web

from appliance.runtime.mailbox import Mailbox
from appliance.telemetry.profiling.profile import Labels

_REQUEST = web.RequestHandler._handle_request.__code__  # noqa: SLF001 - only compared: which frame holds a request
_CONNECTION = web.RequestHandler.start.__code__
_MAILBOX = Mailbox.__init__.__code__.co_filename


def task_labels(frame: FrameType) -> Labels:
    """Return the labels that this frame of a task gives."""
    if frame.f_code is _REQUEST:
        request = frame.f_locals.get("request")
        return (("kind", "request"), ("route", _route(request))) if isinstance(request, web.Request) else ()
    if frame.f_code is _CONNECTION:
        return (("kind", "http connection"),)
    if frame.f_code.co_filename == _MAILBOX:
        mailbox = frame.f_locals.get("self")
        if isinstance(mailbox, Mailbox):
            snapshot = mailbox.snapshot
            return (("state", snapshot.active[-1] if snapshot and snapshot.active else "unread"),)
    return ()


def _route(request: web.Request) -> str:
    """Return "GET /api/agents/{id}": the route as it is written in the program, never the address that was asked for."""
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource is not None else '(none)'}"
