"""kill -9 in the middle of a conversation: both pages come back by themselves, nothing is lost, nothing is there twice.

Nobody clicks anything here after a kill; what the pages show is compared with what the log has, in the order of both.
"""

import signal
import threading
import time

import pytest
from playwright.sync_api import expect

from appliance import records
from tests.browser.appliance import Appliance, until
from tests.browser.conftest import Photograph, Stage
from tests.browser.people import Agent, Person, Visitor
from tests.browser.watch import OUTAGE
from tests.browser.wire import Wire

pytestmark = pytest.mark.browser

Talk = tuple[Appliance, Visitor, Agent, str]


def talking(stage: Stage, *changes: tuple[str, str]) -> Talk:
    """Return a house in which a visitor and an agent are talking."""
    house = stage.house(*changes)
    owner = stage.owner(house)
    lin = stage.agent(owner, "林小月", "lin")
    lin.choose("ready")
    visitor = stage.visitor(house)
    visitor.come()
    visitor.say("你好")
    [conversation] = until(lambda: house.conversations, "the conversation")
    lin.takes(conversation)
    lin.say("您好,请讲")
    visitor.hears("您好,请讲")
    stage.allow(*OUTAGE)
    return house, visitor, lin, conversation


def texts(house: Appliance, conversation: str, author: str) -> list[str]:
    return [each.text for each in house.messages(conversation) if each.author == author]


def everywhere(conversation: str, *people: Person) -> None:
    """Wait until everybody is connected and shows exactly what the log has."""
    for person in people:
        person.online()
    for person in people:
        person.agrees(conversation)


def test_messages_in_flight_and_those_written_during_the_outage_arrive_once(
    stage: Stage, photograph: Photograph
) -> None:
    house, visitor, lin, conversation = talking(stage)

    # A stopped process reads nothing: what is said now dies with it in the buffers of the kernel.
    house.send(signal.SIGSTOP)
    visitor.say("在路上一")
    visitor.say("在路上二")
    lin.say("答一")
    lin.say("答二")
    expect(visitor.said("在路上二")).to_have_attribute("data-state", "sending")
    expect(lin.said("答二")).to_have_attribute("data-state", "sending")
    house.kill()
    expect(visitor.hook("connection")).to_have_attribute("data-state", "reconnecting")
    expect(lin.hook("banner")).to_be_visible()
    visitor.say("停机时说的")
    lin.say("停机时答的")
    photograph(visitor.page, "kill-01-down")
    photograph(lin.page, "kill-02-down-agent")

    house.start()
    for text in ("在路上一", "在路上二", "停机时说的", "答一", "答二", "停机时答的"):
        visitor.hears(text)
        lin.hears(text)
    everywhere(conversation, visitor, lin)
    assert texts(house, conversation, "visitor") == ["你好", "在路上一", "在路上二", "停机时说的"]
    assert texts(house, conversation, "agent") == ["您好,请讲", "答一", "答二", "停机时答的"]
    expect(lin.hook("banner")).to_have_count(0)
    lin.shows("ready")
    photograph(visitor.page, "kill-03-back")
    photograph(lin.page, "kill-04-back-agent")

    # It goes on as if nothing had been: still his conversation, and typing works both ways.
    visitor.say("继续")
    lin.hears("继续")
    lin.write("好")
    expect(visitor.hook("typing")).to_contain_text("林小月")
    assert house.conversations == [conversation]


def test_kills_at_any_moment_of_a_lively_exchange(stage: Stage) -> None:
    house, visitor, lin, conversation = talking(stage)
    # The console keeps only what is in sight; here all of it has to be.
    lin.page.set_viewport_size({"width": 1280, "height": 3_000})
    asked, answered = ["你好"], ["您好,请讲"]
    for number, committed in enumerate((2, 6)):
        before = len(house.messages(conversation))
        # The kill comes from aside: some messages are acknowledged by then, some only committed, some under way,
        # and some not yet written.  Which ones is left to the machine.
        killer = threading.Thread(target=kill_at, args=(house, conversation, before + committed))
        killer.start()
        for part in range(4):
            asked.append(f"问{number}-{part}")
            visitor.say(asked[-1])
            answered.append(f"答{number}-{part}")
            lin.say(answered[-1])
        killer.join()
        house.start()
        visitor.hears(answered[-1])
        lin.hears(asked[-1])
        until(lambda: (len(asked), len(answered)) == counts(house, conversation), "all are committed")
        everywhere(conversation, visitor, lin)
    assert texts(house, conversation, "visitor") == asked
    assert texts(house, conversation, "agent") == answered


def kill_at(house: Appliance, conversation: str, committed: int) -> None:
    """Kill it when so many messages are committed."""
    until(lambda: len(house.messages(conversation)) >= committed, "some are committed")
    house.kill()


def counts(house: Appliance, conversation: str) -> tuple[int, int]:
    return len(texts(house, conversation, "visitor")), len(texts(house, conversation, "agent"))


def test_a_message_whose_acknowledgement_was_lost_is_not_there_twice(stage: Stage) -> None:
    house, _, lin, _ = talking(stage)
    with Wire(house.url) as wire:
        page = stage.page("behind-the-wire", house, wire.host)
        stage.allow(*OUTAGE)
        page.goto(f"{wire.url}/demo?lang=zh")
        visitor = Visitor(page, house)
        visitor.hook("launcher").click()
        visitor.online()
        visitor.say("第一句")
        visitor.hears("第一句")
        conversation = house.conversations[-1]
        lin.takes(conversation)

        wire.dumb = True
        visitor.say("听得到吗?")
        lin.hears("听得到吗?")
        lin.say("听得到")
        until(lambda: "听得到" in texts(house, conversation, "agent"), "the answer is committed")
        expect(visitor.said("听得到吗?")).to_have_attribute("data-state", "sending")
        house.kill()
        wire.dumb = False
        house.start()
        visitor.hears("听得到吗?")
        visitor.hears("听得到")
        everywhere(conversation, visitor, lin)
        assert texts(house, conversation, "visitor") == ["第一句", "听得到吗?"]


def test_a_message_that_never_left_survives_a_reload(stage: Stage) -> None:
    house, visitor, lin, conversation = talking(stage)
    house.send(signal.SIGSTOP)
    visitor.say("别丢了我")
    lin.say("也别丢了我")
    expect(visitor.said("别丢了我")).to_have_attribute("data-state", "sending")
    expect(lin.said("也别丢了我")).to_have_attribute("data-state", "sending")
    house.kill()
    house.start()
    visitor.page.reload()
    lin.page.reload()
    visitor.hook("launcher").click()
    lin.takes(conversation)
    for person in (visitor, lin):
        person.hears("别丢了我")
        person.hears("也别丢了我")
    everywhere(conversation, visitor, lin)
    lin.shows("ready")


def test_a_running_timer_goes_on_over_a_kill(stage: Stage) -> None:
    after = 6_000
    house, visitor, lin, conversation = talking(
        stage, ("after: {5m: {action: {say: 还在吗}}", "after: {6s: {action: {say: 还在吗}}")
    )
    visitor.say("等一下")
    lin.hears("等一下")
    lin.say("不着急")
    visitor.hears("不着急")
    armed = next(at for _, at, record in house.records(conversation)[::-1] if said_by_agent(record))
    house.kill()
    # Started again in the middle of its time: one that began anew would come late by what has passed till here.
    until(lambda: time.time() * 1000 > armed + after / 2, "half of the time has passed")
    house.start()
    started = time.time() * 1000
    visitor.hears("请问还有什么可以帮您？")
    lin.hears("请问还有什么可以帮您？")
    [fired] = [at for _, at, record in house.records(conversation) if isinstance(record, records.Said)]
    assert armed + after <= fired < started + after / 2 + 1_000
    everywhere(conversation, visitor, lin)


def said_by_agent(record: records.Record) -> bool:
    return isinstance(record, records.Happened) and type(record.input).__name__ == "AgentSaid"
