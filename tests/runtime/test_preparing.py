"""The first phase changes nothing and leaves what needs a restart as it runs."""

from pathlib import Path

from appliance.runtime.place import this_place
from appliance.runtime.preparing import Origin, Preparation
from tests.runtime.people import appliance_on, shortened


async def test_everything_is_made_before_anything_is_touched(tmp_path: Path) -> None:
    text = shortened("100ms")
    async with appliance_on(tmp_path, text) as appliance:
        before = appliance.live.now
        first = Preparation(
            appliance.live,
            appliance.store,
            Origin("kefu.yaml", lambda: this_place(tmp_path, running=True), lambda spec: "key"),
        )
        edited = text.replace("storage: {", "listen: {port: 9000}\nstorage: {").replace("db: 4", "db: 6")
        checked = await first.checked(edited, "kefu.yaml")
        assert checked.passed
        prepared = first.prepared(checked, {"旧": "售前"})
        assert prepared.spec.pools.db == 6
        assert (prepared.spec.listen, prepared.identity) == (before.spec.listen, "key")
        assert prepared.aliases == {"旧": "售前"}
        assert prepared.grants.budget is before.grants.budget
        assert appliance.live.now is before
