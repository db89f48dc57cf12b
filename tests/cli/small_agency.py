"""A small agency in a file, to be loaded whole, or with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.models import Model

from tests.cli.console import Said
from tests.keys import KeyRing
from vanthu.kernel.models import AuditEntry, Blob
from vanthu.organizations.models import Agency, Position, Post, Unit, User
from vanthu.registers.models import Register
from vanthu.signing.models import Credential

#: Loads a text, with options, as `vanthu agency load` does.
Load = Callable[..., Said]

SMALL = """
[agency]
code = "H99.03"
name = "Sở Tài chính tỉnh An Bình"
abbreviation = "STC"
place = "An Bình"
positions = ["Giám đốc", "Văn thư"]

[[units]]
name = "Văn phòng Sở"
abbreviation = "VP"

[[people]]
username = "stc.giamdoc"
full_name = "Vũ Hoàng Nam"
position = "Giám đốc"
roles = ["leader"]
signing_title = "GIÁM ĐỐC"

[[people]]
username = "stc.vanthu"
full_name = "Trịnh Thị Mai"
position = "Văn thư"
unit = "VP"
roles = ["records_clerk"]
"""

CERTIFIED = (
    SMALL.replace(
        'signing_title = "GIÁM ĐỐC"\n',
        """signing_title = "GIÁM ĐỐC"
[people.credential]
token = "gd"
key = "khoa"
certificate = "gd.pem"
chain = "chain.pem"
image = "gd.png"
""",
    )
    + """
[agency.credential]
token = "stc"
key = "khoa"
certificate = "stc.pem"
chain = "chain.pem"
image = "stc.png"
"""
)


def put_certificates(keys: KeyRing, folder: Path, person: str, agency: str) -> None:
    """Files named as the sample names them, of certificates of the cast."""
    for name, subject in ((person, "leader"), (agency, "H99.02")):
        credential = keys.pki.credential(subject)
        (folder / f"{name}.pem").write_bytes(credential.certificate.read_bytes())
        (folder / f"{name}.png").write_bytes(credential.image.read_bytes())
        (folder / "chain.pem").write_bytes(b"".join(path.read_bytes() for path in credential.chain))


def rows() -> dict[str, list[dict[str, Any]]]:
    """Everything an agency is made of, and the trail."""
    models: list[type[Model]] = [
        Agency,
        Unit,
        Position,
        User,
        Post,
        Register,
        Credential,
        Blob,
        AuditEntry,
    ]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}
