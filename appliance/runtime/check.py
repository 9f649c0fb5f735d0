"""One way from the text of kefu.yaml to something that runs: load, compile, tests, guarantees, place.

`kefu check`, start-up and a reload call this and nothing else, so what check passes starts, and what does not start has
been explained.  Every stage adds to the same diagnostics; a later stage runs only on what the earlier ones let stand.
"""

from msgspec import Struct

from appliance.config.diagnostics import Diagnostics
from appliance.config.load import load, load_bytes
from appliance.config.spec import Spec
from appliance.flow.compile import compile_flow
from appliance.flow.graph import Graph
from appliance.flow.playbook import failures
from appliance.flow.verify import verify
from appliance.runtime.place import Environment, check_place


class Checked(Struct, frozen=True):
    """The outcome.  `graph` is None exactly when there is an error; `source` is then empty, else the stored bundle."""

    spec: Spec | None
    graph: Graph | None
    diagnostics: Diagnostics
    source: bytes = b""

    @property
    def passed(self) -> bool:
        """Whether the appliance may start from this."""
        return self.graph is not None


def check_text(text: str, file: str, *, environment: Environment | None) -> Checked:
    """Check a configuration text; `file` is the name shown, `environment` None leaves the machine out (--offline)."""
    return _checked(*load(text, file), environment)


def check_bytes(data: bytes, file: str, *, environment: Environment | None) -> Checked:
    """Check the bytes of a configuration file, which may be no text at all."""
    return _checked(*load_bytes(data, file), environment)


def _checked(spec: Spec | None, found: Diagnostics, environment: Environment | None) -> Checked:
    if spec is None:
        return Checked(None, None, found)
    graph, problems = compile_flow(spec)
    found.extend(problems)
    if graph is not None:
        found.extend(failures(spec, graph))
        found.extend(verify(spec, graph))
    if environment is not None:
        found.extend(check_place(spec, environment))
    if graph is None or found.failed:
        return Checked(spec, None, found)
    return Checked(spec, graph, found, graph.source)
