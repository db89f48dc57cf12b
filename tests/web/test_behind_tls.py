"""Behind a proxy that ends TLS: what the settings become, and a form sent through it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.world import PASSWORD, World

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

_PRINT = """
import json
from vanthu.config.environment import SettingRefused
try:
    from vanthu.config.settings import system as s
except SettingRefused as refused:
    print(json.dumps(str(refused)))
else:
    names = ("SECURE_PROXY_SSL_HEADER", "CSRF_TRUSTED_ORIGINS", "SECURE_HSTS_SECONDS")
    found = {name: getattr(s, name, None) for name in names}
    print(json.dumps(found | {"SESSION_COOKIE_SECURE": s.SESSION_COOKIE_SECURE}))
"""
PUBLIC = "https://vanthu.anbinh.gov.vn"


def _settings(folder: Path, **variables: str) -> object:
    """The settings a program would read from these variables; the sentence when it would refuse them."""
    known = {
        "VANTHU_VAR": str(folder),
        "VANTHU_SECRET_KEY": "chỉ dùng trong kiểm thử",
        "DATABASE_URL": "postgresql://a@localhost/b",
        "PYTHONPATH": "src",
    }
    told = subprocess.run(
        [sys.executable, "-c", _PRINT], env=known | variables, capture_output=True, text=True, check=True
    )
    return json.loads(told.stdout)


def test_https_believes_the_proxy_and_the_public_addresses(tmp_path: Path) -> None:
    found = _settings(tmp_path, VANTHU_HTTPS="1", VANTHU_PUBLIC_URL=f"{PUBLIC}/, https://noi-bo:8443")

    assert found == {
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "CSRF_TRUSTED_ORIGINS": [PUBLIC, "https://noi-bo:8443"],
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_SECURE": True,
    }


def test_without_https_no_proxy_is_believed(tmp_path: Path) -> None:
    found = _settings(tmp_path)

    assert isinstance(found, dict)
    assert found["SECURE_PROXY_SSL_HEADER"] is None
    assert found["SESSION_COOKIE_SECURE"] is False


@pytest.mark.parametrize(
    "address", ["", "http://vanthu.gov.vn", "vanthu.gov.vn", "https://vanthu.gov.vn/duong"]
)
def test_https_without_a_usable_public_address_is_refused(tmp_path: Path, address: str) -> None:
    assert "VANTHU_PUBLIC_URL" in str(_settings(tmp_path, VANTHU_HTTPS="1", VANTHU_PUBLIC_URL=address))


@pytest.mark.parametrize(("origin", "status"), [(PUBLIC, 303), ("https://ke-gian.example", 403)])
def test_a_form_sent_through_the_proxy_is_taken_from_our_address_only(
    world: World, settings: Settings, origin: str, status: int
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.CSRF_TRUSTED_ORIGINS = [PUBLIC]
    browser = Client(enforce_csrf_checks=True, headers={"X-Forwarded-Proto": "https", "Origin": origin})
    browser.get("/dang-nhap/")
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    words = {"username": "clerk", "password": PASSWORD, "csrfmiddlewaretoken": token}

    assert browser.post("/dang-nhap/", words).status_code == status
