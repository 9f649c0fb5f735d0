"""What is not signed, or signed otherwise than agreed, proves nothing."""

import base64
import hashlib
import hmac
import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.http.signatures import LONGEST_JWT, Signatures, visitor_id
from appliance.model import Visitor, new_id

NOW = 1_700_000_000_000
SECRET = "site-secret-0123456789"
signatures = Signatures(b"v" * 32, lambda: SECRET)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(
    claims: dict[str, Any], header: dict[str, Any] | None = None, secret: str = SECRET, digest: str = "sha256"
) -> str:
    head = b64(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode())
    body = b64(json.dumps({"exp": NOW // 1000 + 300, **claims}).encode())
    return f"{head}.{body}.{b64(hmac.digest(secret.encode(), f'{head}.{body}'.encode(), digest))}"


def signed_id(subject: str, secret: str = SECRET) -> str:
    return f"{subject}:{hmac.new(secret.encode(), subject.encode(), hashlib.sha256).hexdigest()}"


# Tokens


def test_a_token_names_the_visitor_it_was_made_for() -> None:
    visitor = new_id(NOW, b"0123456789")
    token = signatures.token_for(visitor, NOW)
    assert token.startswith("v1.")
    assert signatures.visitor_of(token) == visitor
    assert signatures.visitor_of(signatures.token_for("u-li@example.com", NOW)) == "u-li@example.com"


def test_a_token_of_another_key_is_not_ours() -> None:
    assert signatures.visitor_of(Signatures(b"w" * 32, lambda: SECRET).token_for("abc", NOW)) is None


@pytest.mark.parametrize(
    "token", ["", ".", "...", "v1", "v1.YWJj.1.", "v2.YWJj.1.x", "x" * 5_000, "v1.YWJj.1.é", "\0", "v1..1.x"]
)
def test_nonsense_is_not_ours(token: str) -> None:
    assert signatures.visitor_of(token) is None


@given(st.data())
def test_no_changed_token_is_ours(data: st.DataObject) -> None:
    token = signatures.token_for("visitor-1", NOW)
    at = data.draw(st.integers(0, len(token) - 1))
    char = data.draw(
        st.characters(min_codepoint=33, max_codepoint=126).filter(lambda each: each != token[at])
    )
    forged = token[:at] + char + token[at + 1 :]
    assert signatures.visitor_of(forged) is None


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_them(text: str) -> None:
    assert signatures.visitor_of(text) is None
    assert signatures.signed(text, NOW) is None


# Identities


def test_a_signed_identifier_proves_who_but_no_level() -> None:
    assert signatures.signed(signed_id("li@example.com"), NOW) == Visitor("u-li@example.com", signed=True)
    assert signatures.signed(signed_id("42").upper(), NOW) == Visitor("u-42", signed=True)
    assert signatures.signed(signed_id("a:b"), NOW) == Visitor(visitor_id("a:b"), signed=True)


def test_a_jwt_proves_who_name_and_level() -> None:
    found = signatures.signed(jwt({"sub": "li", "name": " 李四 ", "level": 3}), NOW)
    assert found == Visitor("u-li", name="李四", level=3, signed=True)
    assert signatures.signed(jwt({"sub": 42}), NOW) == Visitor("u-42", signed=True)


def test_levels_and_names_are_bounded() -> None:
    found = signatures.signed(jwt({"sub": "li", "name": "x" * 500, "level": 10**6}), NOW)
    assert found is not None
    assert (len(found.name), found.level) == (64, 99)
    below = signatures.signed(jwt({"sub": "li", "level": -4}), NOW)
    assert below is not None
    assert below.level == 0


def test_a_name_is_one_line_that_reads_from_left_to_right() -> None:
    found = signatures.signed(jwt({"sub": "li", "name": "\u202e李\0四\n\x1b[31m"}), NOW)
    assert found is not None
    assert found.name == "李四[31m"


def nested(depth: int) -> str:
    head = b64(b'{"alg":"HS256"}')
    body = b64(b'{"sub":"li","x":' + b"[" * depth + b"]" * depth + b"}")
    tag = hmac.digest(SECRET.encode(), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{b64(tag)}"


def unsigned(claims: dict[str, Any]) -> str:
    return jwt(claims, {"alg": "none"}).rpartition(".")[0] + "."


FORGED = {
    "alg none, no signature": unsigned({"sub": "li", "level": 9}),
    "alg none, our signature": jwt({"sub": "li"}, {"alg": "none"}),
    "alg in other case": jwt({"sub": "li"}, {"alg": "hs256"}),
    "another algorithm": jwt({"sub": "li"}, {"alg": "HS512"}, digest="sha512"),
    "HS512 said, HS256 done": jwt({"sub": "li"}, {"alg": "HS512"}),
    "public key trick": jwt({"sub": "li"}, {"alg": "RS256"}),
    "critical extension": jwt({"sub": "li"}, {"alg": "HS256", "crit": ["b64"]}),
    "no alg": jwt({"sub": "li"}, {"typ": "JWT"}),
    "another secret": jwt({"sub": "li"}, secret="guess"),
    "empty secret": jwt({"sub": "li"}, secret=""),
    "no sub": jwt({"name": "li"}),
    "empty sub": jwt({"sub": ""}),
    "sub is a list": jwt({"sub": ["li"]}),
    "level is a text": jwt({"sub": "li", "level": "9"}),
    "expired": jwt({"sub": "li", "exp": NOW // 1000 - 61}),
    "good for a week": jwt({"sub": "li", "exp": NOW // 1000 + 7 * 86_400}),
    "good for ever": jwt({"sub": "li", "exp": 10**30}),
    "exp is a text": jwt({"sub": "li", "exp": "never"}),
    "exp is null": jwt({"sub": "li", "exp": None}),
    "not good yet": jwt({"sub": "li", "nbf": NOW // 1000 + 3_600}),
    "no JSON": "e30.e30.e30",
    "swapped payload": ".".join(
        [jwt({"sub": "a"}).split(".")[0], jwt({"sub": "b"}).split(".")[1], jwt({"sub": "a"}).split(".")[2]]
    ),
    "HMAC of another": signed_id("li").replace("li", "wang", 1),
    "HMAC without id": signed_id(""),
    "HMAC of another secret": signed_id("li", "guess"),
    "HMAC cut short": signed_id("li")[:-1],
    "an unsigned claim": '{"sub":"li","level":9}',
    "an unsigned id": "li",
    "surrogates": "\ud800:00",
    "nested without end": nested(2_000),
    "huge": jwt({"sub": "li", "name": "x" * 5_000}),
}


@pytest.mark.parametrize("identity", FORGED.values(), ids=FORGED)
def test_a_forged_identity_proves_nothing(identity: str) -> None:
    assert signatures.signed(identity, NOW) is None


def test_the_log_says_why_and_never_the_identity(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "kefu.identity"):
        signatures.signed(jwt({"sub": "li", "exp": NOW // 1000 - 61}), NOW)
        signatures.signed(signed_id("secret-name", "guess"), NOW)
    assert "expired" in vars(caplog.records[0])["why"]
    assert "secret-name" not in repr([vars(record) for record in caplog.records])


def test_exp_may_lie_a_day_ahead_and_a_minute_back() -> None:
    assert signatures.signed(jwt({"sub": "li", "exp": (NOW + LONGEST_JWT) // 1000}), NOW)
    assert signatures.signed(jwt({"sub": "li", "exp": NOW // 1000 - 59}), NOW)


@given(st.text(min_size=1, max_size=80))
def test_a_customer_never_gets_the_id_of_an_anonymous_visitor(subject: str) -> None:
    found = visitor_id(subject)
    assert found[:2] in ("u-", "h-")
    assert len(found) <= 64
    assert "-" not in new_id(NOW, b"0123456789")
