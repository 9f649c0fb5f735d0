"""A one-time link carries its secret where no server sees it."""

from urllib.parse import urlsplit

from appliance.http.services import invitation_link


def test_the_secret_stands_behind_the_hash() -> None:
    link = urlsplit(invitation_link("https://chat.example.com", "s3cret"))
    assert link.fragment == "invite=s3cret"
    assert "s3cret" not in link.path + link.query
