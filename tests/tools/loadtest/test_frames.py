"""Client ids grow whatever the clock does, and one frame or many are read alike."""

from tools.loadtest.frames import ClientIds, Frame, decode


def test_client_ids_are_uuidv7_and_grow() -> None:
    ids = ClientIds()
    found = [ids.next() for _ in range(2_000)]
    assert found == sorted(set(found))
    assert {each[14] for each in found} == {"7"}


def test_one_frame_and_several_are_read() -> None:
    one = decode(b'{"t":"ack","cid":"a","conversation":"c","seq":3,"new":1}')
    assert isinstance(one, Frame)
    assert (one.t, one.cid, one.conversation, one.seq) == ("ack", "a", "c", 3)
    many = decode(
        b'[{"t":"ping","n":4},{"t":"events","conversation":"c","events":[{"seq":1,"prev":0,"kind":"message"}]}]'
    )
    assert isinstance(many, list)
    assert [frame.t for frame in many] == ["ping", "events"]
    assert many[1].events is not None
