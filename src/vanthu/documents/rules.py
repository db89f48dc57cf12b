"""Rules of the record: types, numbers, dates, allowed formats, secrecy. Plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from vanthu import plain_text
from vanthu.kernel.folding import fold

#: NĐ 30/2020 Điều 7 and PL III: 29 types; the two without an abbreviation are keyed by our own short form.
DOCUMENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "CV": "Công văn",
        "NQ": "Nghị quyết",
        "QĐ": "Quyết định",
        "CT": "Chỉ thị",
        "QC": "Quy chế",
        "QyĐ": "Quy định",
        "TC": "Thông cáo",
        "TB": "Thông báo",
        "HD": "Hướng dẫn",
        "CTr": "Chương trình",
        "KH": "Kế hoạch",
        "PA": "Phương án",
        "ĐA": "Đề án",
        "DA": "Dự án",
        "BC": "Báo cáo",
        "BB": "Biên bản",
        "TTr": "Tờ trình",
        "HĐ": "Hợp đồng",
        "CĐ": "Công điện",
        "BGN": "Bản ghi nhớ",
        "BTT": "Bản thỏa thuận",
        "GUQ": "Giấy ủy quyền",
        "GM": "Giấy mời",
        "GGT": "Giấy giới thiệu",
        "GNP": "Giấy nghỉ phép",
        "PG": "Phiếu gửi",
        "PC": "Phiếu chuyển",
        "PB": "Phiếu báo",
        "TCg": "Thư công",
    }
)

#: Types whose notation names the agency and unit, not the type (NĐ 30/2020 Điều 15; PL I).
_WITHOUT_TYPE_IN_NOTATION = frozenset({"CV", "TCg"})

#: Marks that state-secret law puts on a document; such a document never enters (seed 002 Điều 1.2).
#: More characters than a secrecy mark has, its letters and their marks apart.
_LONGEST_MARK = 40
_SECRECY_MARKS = {"MẬT": "MẬT", "TỐIMẬT": "TỐI MẬT", "TUYỆTMẬT": "TUYỆT MẬT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A format that may be exchanged: extension, the media types its content may have, what it is called."""

    extension: str
    media_types: frozenset[str]
    name: str


def _format(extension: str, name: str, *media_types: str) -> FileFormat:
    return FileFormat(extension=extension, media_types=frozenset(media_types), name=name)


_ODF = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."

#: Formats of Quyết định Lạng Sơn 2020 Điều 4: signed and read-only PDF; text; sheets; images.
ALLOWED_FORMATS: Mapping[str, FileFormat] = MappingProxyType(
    {
        item.extension: item
        for item in (
            _format("pdf", "PDF", "application/pdf"),
            _format("doc", "Word 97-2003", "application/msword", "application/x-ole-storage"),
            _format("docx", "Word", _OOXML + "wordprocessingml.document"),
            _format("odt", "OpenDocument văn bản", _ODF + "text"),
            _format("rtf", "RTF", "text/rtf", "application/rtf"),
            _format("txt", "văn bản thuần", "text/plain"),
            _format("xls", "Excel 97-2003", "application/vnd.ms-excel", "application/x-ole-storage"),
            _format("xlsx", "Excel", _OOXML + "spreadsheetml.sheet"),
            _format("ods", "OpenDocument bảng tính", _ODF + "spreadsheet"),
            _format("csv", "CSV", "text/csv", "text/plain", "application/csv"),
            _format("jpg", "ảnh JPEG", "image/jpeg"),
            _format("jpeg", "ảnh JPEG", "image/jpeg"),
            _format("png", "ảnh PNG", "image/png"),
            _format("gif", "ảnh GIF", "image/gif"),
            _format("tif", "ảnh TIFF", "image/tiff"),
            _format("tiff", "ảnh TIFF", "image/tiff"),
        )
    }
)

#: The longest ký hiệu, in characters.
NOTATION_LIMIT = 50

#: A search looks for no more words than this; the rest is left aside.
SEARCH_WORDS = 12

#: What a draft may be uploaded as: PDF as it will be signed, or a text from which the PDF is made.
DRAFT_EXTENSIONS = ("pdf", "docx", "doc", "odt", "rtf")
#: Of these, the texts LibreOffice makes the PDF of.
CONVERTED_DRAFTS = frozenset(DRAFT_EXTENSIONS) - {"pdf"}
#: Attachments whose secrecy mark only LibreOffice shows.
CONVERTED_ATTACHMENTS = frozenset({"doc", "rtf"})


def type_name(code: str) -> str:
    """The Vietnamese name of a type's abbreviation. Raises KeyError."""
    return DOCUMENT_TYPES[code]


def notation(*, type_code: str, agency: str, unit: str) -> str:
    """Ký hiệu: `<loại>-<cơ quan>`, for an official letter `<cơ quan>-<đơn vị>` (NĐ 30/2020 PL I)."""
    if type_code in _WITHOUT_TYPE_IN_NOTATION:
        return f"{agency}-{unit}" if unit else agency
    return f"{type_code}-{agency}"


def type_in_notation(type_code: str) -> str:
    """The abbreviation of the type that its symbol bears; empty for types whose symbol names none."""
    return "" if type_code in _WITHOUT_TYPE_IN_NOTATION else type_code


def padded_number(number: int) -> str:
    """The number as it is written: one digit gets a 0 before it (NĐ 30/2020 PL I, ô 3)."""
    return f"{number:02d}"


def code_of(number: int, notation: str) -> str:
    """Số và ký hiệu, e.g. `05/BNV-VP`."""
    return f"{padded_number(number)}/{notation}"


def written_day(day: date) -> str:
    """The day as it is written: under 10 with a 0 before it (NĐ 30/2020 PL I, ô 4)."""
    return f"{day.day:02d}"


def written_month(day: date) -> str:
    """The month as it is written: 01 and 02 with a 0, later months without (NĐ 30/2020 PL I, ô 4)."""
    return f"{day.month:02d}" if day.month <= 2 else str(day.month)


def document_code(*, agency_code: str, issued_on: date, code: str) -> str:
    """Mã định danh văn bản, as the national axis's clients write it: `cơ quan,yyyy/MM/dd,số/ký hiệu`."""
    return f"{agency_code},{issued_on:%Y/%m/%d},{code}"


def search_words(text: str) -> list[str]:
    """The different words a search looks for, folded; no more than anybody means."""
    return list(dict.fromkeys(fold(text).split()))[:SEARCH_WORDS]


def extension_of(file_name: str) -> str:
    """The extension in lower case without the dot; empty when there is none."""
    stem, dot, extension = file_name.rpartition(".")
    return extension.lower() if dot and stem else ""


def secrecy_mark(lines: Iterable[str]) -> str | None:
    """The state-secret mark that stands alone on one of `lines`, or None.

    Spaces between the letters of the mark, and the Unicode form it was typed in, do not matter.
    """
    for line in lines:
        letters = "".join(line.split())
        # Cheap length first: a mark is short, also with its letters and their marks apart.
        if len(letters) <= _LONGEST_MARK:
            letters = plain_text.compose_or(letters, longest=_LONGEST_MARK, otherwise="")
        if letters in _SECRECY_MARKS:
            return _SECRECY_MARKS[letters]
    return None
