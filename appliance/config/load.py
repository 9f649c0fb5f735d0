"""kefu.yaml as text in, a frozen Spec or every reason against it out.

The one entrance to floor 1: `kefu check`, start-up and a reload all come through here, so that they can never
disagree.  Guards are checked further by floor 2 and the machine by floor 4; both add to the same Diagnostics.
"""

from appliance.config import decode as settings
from appliance.config import source
from appliance.config.decode_flows import flows
from appliance.config.decode_hours import hours
from appliance.config.diagnostics import Diagnostics
from appliance.config.nodes import Mapping
from appliance.config.reading import Reader
from appliance.config.references import check_references
from appliance.config.shape import check
from appliance.config.spec import Spec
from appliance.config.trials import trials


def load(text: str, file: str) -> tuple[Spec | None, Diagnostics]:
    """Return the Spec of a configuration text, and what is to be said about it.

    `file` is only the name shown in messages.  The Spec is None exactly when the diagnostics hold an error.
    """
    found = Diagnostics(file, text.removeprefix("\ufeff"))
    root = source.parse(text, found)
    if root is None:
        return None, found
    check(root, found)
    spec = _decode(Reader(found), root)
    return (None if found.failed else spec), found


def load_bytes(data: bytes, file: str) -> tuple[Spec | None, Diagnostics]:
    """Return the same for the bytes of a file, which may be no text at all."""
    text, found = source.decode(data, file)
    return (None, found) if found.failed else load(text, file)


def _decode(read: Reader, root: Mapping) -> Spec:
    messages = settings.messages(read, root.get("messages"))
    site = settings.site(read, root.get("site"))
    decoded = flows(read, root.get("flows"))
    spec = Spec(
        flows=decoded,
        site=site,
        listen=settings.listen(read, root.get("listen")),
        vip=settings.vip(read, root.get("vip")),
        hours=hours(read, root.get("hours"), site.timezone),
        queues=settings.queues(read, root.get("queues"), site.timezone),
        welcome=settings.welcome(read, root.get("welcome"), messages),
        messages=messages,
        alerts=settings.alerts(read, root.get("alerts")),
        thresholds=settings.thresholds(read, root.get("thresholds")),
        pools=settings.pools(read, root.get("pools")),
        storage=settings.storage(read, root.get("storage")),
        limits=settings.limits(read, root.get("limits")),
        tests=trials(read, root.get("tests"), decoded.get("main"), site.timezone),
    )
    check_references(read, spec, root)
    return spec
