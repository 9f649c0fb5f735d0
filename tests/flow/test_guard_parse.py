"""The grammar: what binds tighter, and that every node keeps its span."""

import pytest

from appliance.flow.guard_parse import Binary, Call, Choice, Literal, Name, Node, Unary, parse
from appliance.flow.guard_tokens import GuardSyntaxError


def shape(node: Node) -> str:
    match node:
        case Binary():
            return f"({shape(node.left)}{node.sign}{shape(node.right)})"
        case Unary():
            return f"({node.sign}{shape(node.of)})"
        case Choice():
            return f"({shape(node.condition)}?{shape(node.yes)}:{shape(node.no)})"
        case Call():
            return f"{node.name}({','.join(shape(each) for each in node.arguments)})"
        case Name():
            return node.name
        case Literal():
            return str(node.value)
        case _:
            return "[]"


def test_precedence() -> None:
    assert shape(parse("a || b && c == 1 + 2 * -d")) == "(a||(b&&(c==(1+(2*(-d))))))"
    assert shape(parse("a - b - c")) == "((a-b)-c)"
    assert shape(parse("a ? b : c ? d : e")) == "(a?b:(c?d:e))"
    assert shape(parse("!a && b")) == "((!a)&&b)"
    assert shape(parse("(a < b) == (c in d)")) == "((a<b)==(cind))"


def test_a_method_call_is_a_call_with_its_receiver_first() -> None:
    assert shape(parse("event.text.contains('x')")) == "contains(event.text,x)"
    assert shape(parse("(a + b).lower().size()")) == "size(lower((a+b)))"
    call = parse("event.text.contain('x')")
    assert isinstance(call, Call)
    assert call.name_at == (11, 18)


def test_spans() -> None:
    tree = parse("  a + bb ")
    assert (tree.start, tree.end) == (2, 8)


def test_a_span_takes_in_the_brackets_that_belong_to_it() -> None:
    tree = parse("vip && (a + b) * (c)")
    assert isinstance(tree, Binary)
    assert (tree.right.start, tree.right.end) == (7, 20)
    assert (parse("!(a)").start, parse("!(a)").end) == (0, 4)
    assert (parse("(a) ? b : (c)").start, parse("(a) ? b : (c)").end) == (0, 13)
    assert (parse("(a).lower()").start, parse("(a).lower()").end) == (0, 11)


def test_a_comparison_in_brackets_may_be_compared() -> None:
    assert shape(parse("(a < b) == c")) == "((a<b)==c)"
    with pytest.raises(GuardSyntaxError):
        parse("a < b == c")


def test_a_comma_at_the_end_is_allowed_in_lists_only() -> None:
    assert shape(parse("[1, 2,]")) == "[]"
    with pytest.raises(GuardSyntaxError):
        parse("lower(a,)")
