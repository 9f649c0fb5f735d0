"""A condition about the menu names items of the menu."""

import pytest

from appliance.config.diagnostics import underline
from tests.flow.desks import problems

FLOW = """
    initial: 等
    states:
      等: {on: {用户发送消息: {to: 完, when: "GUARD"}}}
      完: {final: true}
"""
MENU = "welcome: {menu: [买前咨询, 退换货]}\n"


def found(guard: str, extra: str = MENU) -> list[str]:
    return [each.code for each in problems(FLOW.replace("GUARD", guard), extra)]


@pytest.mark.parametrize(
    ("guard", "codes"),
    [
        ("menu == '退换货'", []),
        ("菜单 != '买前咨询' && menu == ''", []),
        ("menu == '退换贷'", ["K436"]),
        ("'退换贷' == 菜单", ["K436"]),
        ("menu in ['退换货', '退货', '退款']", ["K436", "K436"]),
        ("vip || !(menu == '退')", ["K436"]),
        ("(vip ? menu : 'x') == '退'", []),
        ("size(menu) > 2 ? menu == 'a' : menu == 'b'", ["K436", "K436"]),
        ("event.text == '退'", []),
    ],
)
def test_items(guard: str, codes: list[str]) -> None:
    assert found(guard) == codes


def test_queues_are_looked_at_too_and_the_item_is_underlined() -> None:
    extra = MENU + "queues:\n  售后: {when: menu == '退还货'}\n  售前: {}"
    (one,) = problems(FLOW.replace("GUARD", "vip"), extra)
    assert (one.code, one.path, one.hint.en) == ("K436", "$.queues.售后.when", "did you mean '退换货'?")
    assert underline("  售后: {when: menu == '退还货'}", one.at)[1].strip() == "^" * 8


def test_without_a_menu_nothing_is_said() -> None:
    assert problems(FLOW.replace("GUARD", "menu == '退'")) == []
