"""What is said of a process is true of this one."""

import os
import subprocess
import sys
import time

from tools.loadtest.machine import Watch, cpu_seconds, environment, files_of, kernel_bytes, rss_bytes


def test_this_process_has_memory_files_and_used_the_processor() -> None:
    me = os.getpid()
    assert rss_bytes(me) > 1_000_000
    assert files_of(me) >= 3
    assert cpu_seconds(me) > 0
    assert (kernel_bytes() or 0) >= 0


def test_a_busy_process_is_seen_busy_and_one_that_ended_no_more() -> None:
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        watch = Watch({"busy": busy.pid, "me": os.getpid(), "nobody": 2**22 + 1})
        end = time.monotonic() + 20
        seen, found = 0.0, {}
        while seen < 0.05 and time.monotonic() < end:
            time.sleep(0.1)
            found = {sample.process: sample for sample in watch.sample(1.0)}
            seen = found["busy"].cpu
        assert seen >= 0.05
        assert set(found) == {"busy", "me"}
    finally:
        busy.kill()
        busy.wait()
    assert [sample.process for sample in watch.sample(2.0)] == ["me"]


def test_the_environment_names_the_machine() -> None:
    found = environment("sqlite", same_machine=True)
    assert found.cores >= 1
    assert found.processor
    assert {"aiohttp", "msgspec", "apsw"} <= set(found.packages)
    assert found.memory_bytes > 2**28
