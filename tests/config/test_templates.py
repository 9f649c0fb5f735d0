"""Messages: names and conditions, and nothing that could hang or open the desk."""

import pytest

from appliance.config.templates import compile_template, template_names
from tests.config.reader import codes


def message(text: str) -> list[str]:
    return codes(f'welcome: {{say: m}}\nmessages: {{m: "{text}"}}')


@pytest.mark.parametrize(
    "text",
    ["您好", "{{ hours.next_open }}", "{{ 下次营业 }}", "{% if vip %}{{ visitor.name | default('您') }}{% endif %}",
     "{{ '贵宾' if visitor.level >= 3 else '您' }}"],
)  # fmt: skip
def test_what_a_message_may_hold(text: str) -> None:
    assert message(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ x", "K316"), ("{{ 9**9**9 }}", "K316"), ("{{ 'a' * 9 }}", "K316"), ("{% for x in tags %}{% endfor %}", "K316"),
        ("{% include 'x' %}", "K316"), ("{{ site.name() }}", "K316"), ("{{ tags[0] }}", "K316"), ("{{ [1] }}", "K316"),
        ("{{ site.name | map }}", "K316"), ("{% set x = 1 %}", "K316"), ("{{ site.nam }}", "K317"),
        ("{{ site.__class__ }}", "K317"), ("{{ range }}", "K317"), ("{% if vipp %}{% endif %}", "K317"),
        ("{{ " + "(" * 1900 + ")" * 1900 + " }}", "K316"), ("{{ " + "not " * 30 + "vip }}", "K316"),
    ],
)  # fmt: skip
def test_what_a_message_may_not_hold(text: str, code: str) -> None:
    assert message(text) == [code]


def test_rendering_takes_canonical_names_and_leaves_unknown_values_out() -> None:
    render = compile_template("{{ 站点名 }}|{{ site.name }}|{{ visitor.name }}|{{ vip }}|{{ agent.name }}")
    assert render({"site.name": "<店>", "vip": True}) == "<店>|<店>||True|"


def test_both_names_of_every_variable_can_be_used() -> None:
    assert {"hours.next_open", "下次营业", "visitor.level", "访客等级"} <= set(template_names())
