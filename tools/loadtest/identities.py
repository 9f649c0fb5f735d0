"""VIPs for a load: identities signed like those of a site that knows its customers."""

import base64
import hashlib
import hmac
import json

LEVEL = 9
GOOD_FOR = 12 * 3_600


def vips(share: float, visitors: int, secret: str, now: float) -> list[tuple[int, str]]:
    """Return (number, identity) of this share of so many visitors, evenly among them; `now` in s since 1970."""
    if share <= 0:
        return []
    wanted = max(1, round(share * visitors))
    numbers = sorted({place * visitors // wanted for place in range(wanted)})
    return [(number, signed(f"vip-{number}", secret, now)) for number in numbers]


def signed(subject: str, secret: str, now: float) -> str:
    """Return a JWT (HS256) for a customer of the highest level."""
    claims = {"sub": subject, "name": subject, "level": LEVEL, "exp": int(now) + GOOD_FOR}
    head = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    tag = hmac.digest(secret.encode(), head.encode(), hashlib.sha256)
    return f"{head}.{_text(tag)}"


def _part(value: dict[str, object]) -> str:
    return _text(json.dumps(value).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
