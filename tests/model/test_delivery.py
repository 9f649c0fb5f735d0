"""SPIN searches every run of send, ack and resume: whatever is cut or killed and when, nothing is lost, doubled or out of order.

The model (delivery.pml) says what delivery/ and the client's outbox do, in small: two clients, a message each, an entry that they
may not see, a connection that is cut or a server that is killed.  With two cuts and a kill together it has 4,950,670 states and
no error either; that is left to a longer run (`-DCUTS=2 -DKILLS=1`).
"""

from pathlib import Path

import pytest

from tests.tools.spin import violated

MODEL = (Path(__file__).parent / "delivery.pml").read_text(encoding="utf-8")
QUICKLY = ("-O1", "-DCOLLAPSE")
CUT, KILLED = ("CUTS 1", "KILLS 0"), ("CUTS 0", "KILLS 1")


def broken(folder: Path, *macros: str) -> bool:
    return violated("".join(f"#define {macro}\n" for macro in macros) + MODEL, folder, QUICKLY)


@pytest.mark.parametrize("harm", [CUT, KILLED], ids=["a cut", "a kill"])
def test_whatever_happens_everybody_sees_everything_once(harm: tuple[str, ...], tmp_path: Path) -> None:
    assert not broken(tmp_path, *harm)


@pytest.mark.parametrize("careless", ["CARELESS_FANOUT 1", "TRUSTING_CLIENT 1"])
def test_a_careless_server_or_a_trusting_client_alone_does_no_harm(careless: str, tmp_path: Path) -> None:
    assert not broken(tmp_path, *CUT, careless)


@pytest.mark.parametrize(
    "mutant",
    [
        (*CUT, "NO_DEDUP 1"),
        (*CUT, "NO_REPLAY 1"),
        (*KILLED, "ACK_BEFORE_COMMIT 1"),
        (*CUT, "CARELESS_FANOUT 1", "TRUSTING_CLIENT 1"),
    ],
    ids=["no dedup", "no replay", "an ack before the commit", "careless and trusting"],
)
def test_every_mutant_does_harm(mutant: tuple[str, ...], tmp_path: Path) -> None:
    assert broken(tmp_path, *mutant)
