"""What leaves the desk is stored and shown, so all of it must survive JSON."""

import msgspec

from appliance.dispatch import views
from appliance.dispatch.commands import AgentView, Offer, QueueView
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import QueueRule
from appliance.effects import WantAgent
from appliance.model import Agent


def test_commands_and_views_survive_json() -> None:
    desk = Desk([QueueRule("售前")])
    desk.agent_changed(Agent("a", "a", "甲"), 1)
    desk.agent_connected("a", 1)
    desk.agent_status("a", "ready", 1)
    offer = desk.want("c", WantAgent("售前", 1, True, 1), 1)[0]
    assert isinstance(offer, Offer)
    assert msgspec.json.decode(msgspec.json.encode(offer), type=Offer) == offer
    queues, agents = views.queue_views(desk), views.agent_views(desk)
    assert msgspec.json.decode(msgspec.json.encode(queues), type=list[QueueView]) == queues
    assert msgspec.json.decode(msgspec.json.encode(agents), type=list[AgentView]) == agents
