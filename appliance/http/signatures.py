"""Who a visitor is, proven by signatures: the token we give him, and the identity his site vouches for.

A token only says "the same browser as before".  A level, and with it VIP treatment, comes only from an identity that the
site signed with a secret it shares with us; what an unsigned page claims is never read.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import re
from collections.abc import Callable

import msgspec
from msgspec import Struct

from appliance.http.staff import shown_name
from appliance.model import Millis, Visitor

VERSION = "v1"
LONGEST_JWT: Millis = 24 * 3_600_000
"""An identity that is good for longer is refused: a signed page that leaks would speak for its customer for ever."""

LEEWAY: Millis = 60_000
MOST_LEVEL = 99
_LONGEST = 4_096
_PLAIN_ID = re.compile(r"[A-Za-z0-9._@-]{1,60}", re.ASCII)
_VISITOR_ID = re.compile(r"[A-Za-z0-9._@-]{1,64}", re.ASCII)

_log = logging.getLogger("kefu.identity")


class _Header(Struct):
    alg: str
    crit: list[str] | None = None


class _Claims(Struct):
    sub: str | int
    exp: int | float
    name: str = ""
    level: int = 0
    nbf: int | float | None = None


_header = msgspec.json.Decoder(_Header)
_claims = msgspec.json.Decoder(_Claims)


class Signatures:
    """Implements runtime/admission.py's Identities.

    `visitor_key` signs our tokens; `identity_secret` returns the site's, which a reload may change.
    """

    def __init__(self, visitor_key: bytes, identity_secret: Callable[[], str]) -> None:
        self._visitor_key = visitor_key
        self._identity_secret = identity_secret

    # Tokens: v1.<visitor id, base64url>.<issued at, ms>.<HMAC-SHA256 of all before it>

    def token_for(self, visitor: str, now: Millis) -> str:
        """Return a new token for the visitor.  It goes into a frame, never into a URL."""
        head = f"{VERSION}.{_encode(visitor.encode())}.{now}"
        return f"{head}.{_encode(self._tag(head))}"

    def visitor_of(self, token: str) -> str | None:
        """Return the visitor id in a token of ours, None when it is not genuine."""
        if len(token) > _LONGEST or not token.isascii():
            return None
        head, _, tag = token.rpartition(".")
        if not hmac.compare_digest(_encode(self._tag(head)), tag):
            return None
        version, _, rest = head.partition(".")
        name = _decode(rest.partition(".")[0])
        if version != VERSION or name is None:
            return None
        visitor = name.decode("utf-8", "replace")
        return visitor if _VISITOR_ID.fullmatch(visitor) else None

    def _identity_key(self) -> bytes:
        return self._identity_secret().encode()

    def _tag(self, head: str) -> bytes:
        return hmac.digest(self._visitor_key, head.encode(), "sha256")

    # Identities: "id:hex of HMAC-SHA256(secret, id)", or a JWT with HS256

    def signed(self, identity: str, now: Millis) -> Visitor | None:
        """Return the visitor (id, name, level) a site's signature vouches for, None when it does not hold."""
        if not identity or len(identity) > _LONGEST:
            return None
        visitor, why = (
            self._by_jwt(identity, now) if identity.count(".") == 2 and ":" not in identity else (None, "")
        )
        if visitor is None and not why:
            visitor, why = self._by_hmac(identity)
        if visitor is None:
            # The reason helps whoever writes the site's code; the identity itself does not belong in a log.
            _log.warning("a signed identity was refused", extra={"why": why})
        return visitor

    def _by_hmac(self, identity: str) -> tuple[Visitor | None, str]:
        subject, _, tag = identity.rpartition(":")
        wanted = hmac.new(
            self._identity_key(), subject.encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()
        if not subject or not hmac.compare_digest(
            wanted.encode(), tag.lower().encode("utf-8", "surrogatepass")
        ):
            return None, "the HMAC does not fit"
        return Visitor(visitor_id(subject), signed=True), ""

    def _by_jwt(self, identity: str, now: Millis) -> tuple[Visitor | None, str]:
        head, payload, tag = identity.split(".")
        given = _decode(tag)
        wanted = hmac.digest(
            self._identity_key(), f"{head}.{payload}".encode("utf-8", "surrogatepass"), "sha256"
        )
        # The algorithm is ours to choose, not the token's: the signature is checked before anything in it is read.
        if given is None or not hmac.compare_digest(wanted, given):
            return None, "the signature of the JWT does not fit"
        try:
            header = _header.decode(_decode(head) or b"")
            claims = _claims.decode(_decode(payload) or b"")
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            return None, f"the JWT is malformed ({type(error).__name__})"
        why = _objection(header, claims, now)
        if why:
            return None, why
        return Visitor(
            visitor_id(str(claims.sub)),
            name=shown_name(claims.name)[:64],
            level=max(0, min(claims.level, MOST_LEVEL)),
            signed=True,
        ), ""


def _objection(header: _Header, claims: _Claims, now: Millis) -> str:
    """Return why a JWT with a good signature is still not believed, "" when it is."""
    # Infinity and absurd numbers are no times.
    expires = min(claims.exp, 1e12) * 1_000
    if header.alg != "HS256" or header.crit is not None:
        return "the JWT must say alg HS256 and nothing critical"
    if not str(claims.sub):
        return "the JWT has an empty sub"
    if expires + LEEWAY <= now:
        return "the JWT has expired"
    if expires - now > LONGEST_JWT + LEEWAY:
        return "the JWT is good for more than 24 hours (exp)"
    if claims.nbf is not None and claims.nbf * 1_000 - LEEWAY > now:
        return "the JWT is not good yet (nbf)"
    return ""


def visitor_id(subject: str) -> str:
    """Return our id for a customer of the site: readable where it can be, never that of an anonymous visitor."""
    if _PLAIN_ID.fullmatch(subject):
        return f"u-{subject}"
    return f"h-{hashlib.sha256(subject.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes | None:
    """Return what base64url text stands for, None when it is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
