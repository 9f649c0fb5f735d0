"""The small ECMAScript of the adapter: what it says, what it refuses, what it admits not to know."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.scxml.ecmascript.builtins import MISSING, standard
from tests.conformance.scxml.ecmascript.run import Runner
from tests.conformance.scxml.ecmascript.scope import Scope
from tests.conformance.scxml.ecmascript.statements import expression, script
from tests.conformance.scxml.ecmascript.values import UNDEFINED, text
from tests.conformance.scxml.faults import Illegal, Unsupported


def shown(source: str, before: str = "") -> str:
    """Return what an expression comes to, as JSON where it can be, after a script has run."""
    runner = Runner(Scope(standard(lambda line: None), function=True), MISSING)
    runner.run(script(before))
    value = runner.value(expression(source))
    wrapped = (
        runner.value(expression("JSON.stringify(x)"), _with(runner, value))
        if value is not UNDEFINED
        else value
    )
    return text(wrapped)


def _with(runner: Runner, value: object) -> Scope:
    scope = Scope(runner.globals)
    scope.names["x"] = value
    return scope


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("2 ** 3 ** 2", "512"),
        ("7 % 4 + -7 % 4", "0"),
        ("'a' + 1 + 2", '"a12"'),
        ("1 + 2 + 'a'", '"3a"'),
        ("'3' * '4'", "12"),
        ("1 < 2 === true", "true"),
        ("'10' < '9'", "true"),
        ("10 < '9'", "false"),
        ("null == undefined", "true"),
        ("null === undefined", "false"),
        ("null == 0", "false"),
        ("'' == 0", "true"),
        ("'1' == 1", "true"),
        ("NaN == NaN", "false"),
        ("[1] == 1", "true"),
        ("[] == []", "false"),
        ("!'' && !0 && !null && !undefined && !NaN", "true"),
        ("!![] && !!{}", "true"),
        ("0 || 'x'", '"x"'),
        ("0 ?? 'x'", "0"),
        ("1 && 0", "0"),
        ("true ? 1 : false ? 2 : 3", "1"),
        ("(1, 2, 3)", "3"),
        ("5 & 3 | 8", "9"),
        ("-1 >>> 28", "15"),
        ("1 << 31", "-2147483648"),
        ("~5", "-6"),
        (
            "typeof undefined + typeof null + typeof [] + typeof {} + typeof ''",
            '"undefinedobjectobjectobjectstring"',
        ),
        ("typeof nothing", '"undefined"'),
        ("typeof function () {}", '"function"'),
        ("void 0", "undefined"),
        ("[1, 2, 3].length", "3"),
        ("[1, [2, 3]].concat([4], 5)", "[1,[2,3],4,5]"),
        ("[3, 1, 10].sort()", "[1,10,3]"),
        ("[3, 1, 10].sort((a, b) => a - b)", "[1,3,10]"),
        ("[1, 2, 3].map(x => x * 2).filter(x => x > 2)", "[4,6]"),
        ("[1, 2, 3].reduce((sum, x) => sum + x, 10)", "16"),
        ("[1, 2, 3].indexOf(3) + [1].indexOf(2)", "1"),
        ("[1, 2, 3, 4].slice(1, -1)", "[2,3]"),
        ("[...[1, 2], ...'ab']", '[1,2,"a","b"]'),
        ("Math.max(...[1, 5, 3])", "5"),
        ("({a: 1, 'b c': 2, 3: 4, ['d' + 1]: 5}).d1", "5"),
        ("'a' in {a: 1}", "true"),
        ("Object.keys({b: 1, a: 2, 1: 3})", '["1","b","a"]'),
        ("({a: {b: 1}}).a?.b", "1"),
        ("null?.a", "undefined"),
        ("[] instanceof Array && [] instanceof Object && !({} instanceof Array)", "true"),
        ("new Error('x') instanceof Error", "true"),
        ("'abc'.substring(2, 0) + 'abc'.substr(-2) + 'abc'.slice(-1)", '"abbcc"'),
        ("'a,b'.split(',')", '["a","b"]'),
        ("'abc'.search(/b+/)", "1"),
        ("/^(\\d+)-(\\d+)$/.exec('10-20').slice(1)", '["10","20"]'),
        ("'aXbX'.replace(/x/gi, '-')", '"a-b-"'),
        ("`a${1 + 1}b${'c'}`", '"a2bc"'),
        ("'\\u0041\\x42\\n'", '"AB\\n"'),
        ("0x10 + 0b11 + .5 + 1e1", "29.5"),
        ("(255).toString(16) + (1.005).toFixed(1)", '"ff1.0"'),
        ("1e21 + '' + 1e-7 + 0.00001 + 1/3", '"1e+211e-70.000010.3333333333333333"'),
        ("1 / 0 + '' + -1 / 0 + 0 / 0", '"Infinity-InfinityNaN"'),
        ("parseInt('12px') + parseFloat('1.5x')", "13.5"),
        ("isNaN('x') && !isNaN('1') && isNaN(undefined)", "true"),
        ("JSON.parse('{\"a\": [1, null]}').a[0]", "1"),
        (
            "JSON.stringify({a: undefined, b: [undefined, () => 1], c: NaN})",
            '"{\\"b\\":[null,null],\\"c\\":null}"',
        ),
        ("(function (a, b) { return arguments.length + a })(1, 2, 3)", "4"),
        ("((a, b = a * 2, ...c) => [a, b, c])(1)", "[1,2,[]]"),
        ("(function fact(n) { return n < 2 ? 1 : n }).call(null, 1)", "1"),
        ("Array.prototype.slice.call([1, 2], 1)", "[2]"),
        ("String([1, [2, null]]) + {}", '"1,2,[object Object]"'),
        ("new Array(3).length", "3"),
        ("1;", "1"),
    ],
)
def test_expressions(source: str, wanted: str) -> None:
    assert shown(source) == wanted


@pytest.mark.parametrize(
    ("source", "result", "wanted"),
    [
        ("var a = 1, b; b = a++ + ++a; a *= 2", "[a, b]", "[6,4]"),
        ("function f(n) { if (n < 2) return n; return f(n - 1) + f(n - 2) } var x = f(10)", "x", "55"),
        (
            "var s = ''; for (var i = 0; i < 5; i++) { if (i == 1) continue; if (i == 4) break; s += i }",
            "s",
            '"023"',
        ),
        ("var s = 0; for (const k in {a: 1, b: 2}) s += k; for (const x of [1, 2]) s += x", "s", '"0ab12"'),
        ("var f = []; for (let i = 0; i < 2; i++) f.push(() => i); var r = f.map(g => g())", "r", "[0,1]"),
        ("var n = 0; do { n += 2 } while (n < 5); while (true) { n++; if (n > 9) break }", "n", "10"),
        ("var r; try { nothing() } catch (e) { r = e.name } finally { r += '!' }", "r", '"ReferenceError!"'),
        ("var r; try { throw {a: 1} } catch (e) { r = e.a }", "r", "1"),
        (
            "var r = ''; switch (2) { case 1: r += 1; case 2: r += 2; case 3: r += 3; break; default: r += 4 }",
            "r",
            '"23"',
        ),
        ("var r = ''; switch (9) { default: r += 'd'; case 1: r += 1 }", "r", '"d1"'),
        (
            "function T(x) { this.x = x } T.prototype.twice = function () { return this.x * 2 }; var t = new T(4)",
            "t.twice()",
            "8",
        ),
        ("var a = 1; { let a = 2; const b = 3; var c = a + b }", "[a, c]", "[1,5]"),
        ("var o = {}; o.a = {b: [1]}; o['a'].b[2] = 3; delete o.a.c", "o.a.b.length", "3"),
        ("x = hoisted(); function hoisted() { return later } var later", "typeof x", '"undefined"'),
        ("var a = 1\nvar b = a\n+ 2\na\n++\nb", "[a, b]", "[1,4]"),
        ("implied = 5", "implied", "5"),
        ("var Math = 3", "Math + 1", "4"),
        ("if (false) ; else if (1) var y = 2", "y", "2"),
        (
            "var a = [1, 2]; a.length = 1; a.push(7, 8); a.shift(); a.splice(0, 1, 'x', 'y')",
            "a",
            '["x","y",8]',
        ),
    ],
)
def test_scripts(source: str, result: str, wanted: str) -> None:
    assert shown(result, source) == wanted


@pytest.mark.parametrize(
    "source",
    [
        "", "return", "1 +", "1 = 2", "'continue' = 1", "foo.bar.baz ", "nothing", "nothing()", "null.x", "undefined[0]",
        "var x", "a b", "(1", "[1", "{a: 1", "1..", "'open", "`open", "@", "#x", "({}).x()", "new 5", "1 in 2", "1 instanceof 2",
        "undefined = 1", "'a'.repeat(-1)", "JSON.parse('{')", "({toString: function () { return {} }}) + 1", "++1", "\"foo",
    ],
)  # fmt: skip
def test_what_is_no_ecmascript_or_fails_is_an_error(source: str) -> None:
    with pytest.raises(Illegal):
        shown(source)


@pytest.mark.parametrize(
    "source",
    [
        "new Date()", "new Map", "typeof Symbol", "/(?<x>a)/", "'a'.localeCompare('b')", "[1].flat()", "x => { class A {} }",
        "[a, b] = [1, 2]", "(({a}) => a)({a: 1})", "({get a() { return 1 }})", "({...x})", "function* () {}", "async () => 1",
        "Math.random()", "this", "x`a`", "super.x", "'a'.replace('a', '$&')", "new Number(1)", "[1, , 2]", "x?.[0]",
    ],
)  # fmt: skip
def test_what_ecmascript_has_and_we_lack_is_admitted(source: str) -> None:
    with pytest.raises(Unsupported):
        shown(source)


@pytest.mark.parametrize(
    "source",
    [
        "label: for (;;) break label",
        "with ({}) x",
        "while (true) ;",
        "function f() { f() } f()",
        "import x from 'y'",
    ],
)
def test_scripts_that_are_beyond_us_are_admitted(source: str) -> None:
    with pytest.raises(Unsupported):
        shown("1", source)


_NUMBERS = st.integers(-50, 50) | st.floats(allow_nan=False, allow_infinity=False, width=16)


@given(_NUMBERS, _NUMBERS, st.sampled_from(["+", "-", "*", "<", "<=", ">", ">=", "===", "!=="]))
def test_numbers_behave_as_python_s_floats(one: float, two: float, operator: str) -> None:
    found = Runner(standard(lambda line: None)).value(expression(f"({one!r}) {operator} ({two!r})"))
    assert found == eval(f"float(one) {operator[:2]} float(two)", {"one": one, "two": two})  # noqa: S307  # our own text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back_from_its_text(value: float) -> None:
    found = Runner(standard(lambda line: None)).value(expression(f"Number({text(value)!r})"))
    assert found == value
    assert math.isfinite(found)


@given(st.text("(){}[];,.+-*/=<>!&|?:'\"`$ab1 \n\\", max_size=25))
def test_any_text_is_read_or_refused(source: str) -> None:
    """Nothing that a document writes may crash the adapter."""
    try:
        script(source)
    except (Illegal, Unsupported):
        return
