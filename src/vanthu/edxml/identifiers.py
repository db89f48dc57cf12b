"""Identifier codes of bodies and of documents: lenient with what arrives, strict with what leaves.

QĐ 28/2018/QĐ-TTg Điều 10.2, QĐ 20/2020/QĐ-TTg Điều 4–6, QCVN 102:2016/BTTTT sửa đổi 1:2022.
"""

from __future__ import annotations

import re
from datetime import date

#: SĐ1:2022 to QCVN 102:2016.
ORGAN_ID_MAX_LENGTH = 35

# The axis itself hands out codes that no text of law allows (02.44.W00, vxp.saas.03): they must be readable.
_RECEIVED = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)*")
_QCVN_2016 = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}")
_QD_20_2020 = re.compile(r"[A-Z]\d{2}(\.[0-9A-Z]+)*")
# QĐ 20/2020 Điều 5: the code of an enterprise is its business number (with the branch suffix, 13 digits).
_ENTERPRISE = re.compile(r"\d{10}(\d{3})?")


def is_acceptable_organ_id(code: str) -> bool:
    """Tell whether a received code of a body can be used as one: dotted letters and digits, at most 35."""
    return len(code) <= ORGAN_ID_MAX_LENGTH and _RECEIVED.fullmatch(code) is not None


def is_sendable_organ_id(code: str) -> bool:
    """Tell whether a code has a form the law gives.

    The 13 characters of QCVN 102:2016, the grammar of QĐ 20/2020 Điều 4, or a business number (Điều 5).
    """
    if len(code) > ORGAN_ID_MAX_LENGTH:
        return False
    return any(form.fullmatch(code) for form in (_QCVN_2016, _QD_20_2020, _ENTERPRISE))


def organ_level(code: str) -> int | None:
    """Return the administrative level (1 = ministry or province) a code of a body shows, or None."""
    if _QCVN_2016.fullmatch(code):
        fourth, third, second, _ = code.split(".")
        return next((n for n, group in ((4, fourth), (3, third), (2, second)) if group.strip("0")), 1)
    return code.count(".") + 1 if _QD_20_2020.fullmatch(code) else None


def build_document_id(organ_id: str, promulgated: date, number: str, notation: str) -> str:
    """Return the identifier of a document: `OrganId,yyyy/MM/dd,number/notation`.

    Example: `000.00.00.G22,2015/09/30,7816/VPCP-TTĐT`. Received identifiers are opaque: never take
    them apart.
    """
    return f"{organ_id},{promulgated:%Y/%m/%d},{number}/{notation}"
