"""What can be done to a file after a signature: each kind of change, its weight, its article, its words.

The one list by which a change is judged. A kind is harmless because the standards foresee it after a
signature and it changes nothing that the signer saw; harmful because it changes what is shown, or what the
signer forbade; unclear when no rule says that it does neither. Articles are those of ISO 32000-2 (in
ISO 32000-1 they bear the same numbers unless told) and of ETSI EN 319 142-1 (PAdES).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Weight(enum.IntEnum):
    """What a change does to what was signed."""

    HARMLESS = 0
    #: No rule says; the document is then neither good nor altered.
    UNCLEAR = 1
    HARMFUL = 2


class Kind(enum.Enum):
    """One kind of change: its weight, the article behind it, and how it is told.

    In the words, {place} is «trang 2» or «văn bản», {name} the field or entry.
    """

    #: 12.8.4.3; EN 319 142-1 §5.4.2. Also under a key that was there: evidence is judged by what it says.
    VALIDATION_DATA = (Weight.HARMLESS, "ISO 32000-2 12.8.4.3", "dữ liệu xác thực lâu dài được thêm")
    #: 12.8.1, 12.7.4.5 (2.0: 12.7.5.5): a further signature covers all before it, and is judged itself.
    SIGNED = (Weight.HARMLESS, "ISO 32000-2 12.7.5.5", "ô «{name}» được ký")
    #: 12.8.5; EN 319 142-1 §5.4.3: a document time-stamp.
    TIMESTAMPED = (Weight.HARMLESS, "ISO 32000-2 12.8.5", "dấu thời gian được thêm")
    #: 12.7.5.5: a field for a signature still to come, of which nothing is seen.
    ROOM_FOR_SIGNATURE = (Weight.HARMLESS, "ISO 32000-2 12.7.5.5", "ô ký trống «{name}» được thêm")
    #: 12.8.2.2: filling in; of the fields, those for number and date alone (NĐ 30/2020 Điều 15).
    FILLED = (Weight.HARMLESS, "ISO 32000-2 12.8.2.2", "ô «{name}» được điền")
    #: 14.3: metadata are about the document, not of it.
    METADATA = (Weight.HARMLESS, "ISO 32000-2 14.3", "thông tin mô tả tệp được cập nhật")
    #: 7.5.6: what nothing refers to is no part of the document.
    UNUSED = (Weight.HARMLESS, "ISO 32000-2 7.5.6", "có dữ liệu không dùng tới")
    #: 7.5.6: an object is written once more and says what it said, but for dates and the like.
    REWRITTEN = (Weight.HARMLESS, "ISO 32000-2 7.5.6", "có dữ liệu được ghi lại mà nội dung như cũ")
    #: 7.2.3: white space outside objects means nothing.
    BLANK_END = (Weight.HARMLESS, "ISO 32000-2 7.2.3", "có khoảng trắng ở cuối tệp")

    CATALOG_ENTRY = (Weight.UNCLEAR, "ISO 32000-2 7.7.2", "mục {name} của tệp bị thay đổi")
    PAGE_ENTRY = (Weight.UNCLEAR, "ISO 32000-2 7.7.3.3", "mục {name} của {place} bị thay đổi")
    FORM_ENTRY = (Weight.UNCLEAR, "ISO 32000-2 12.7.3", "mục {name} của biểu mẫu bị thay đổi")
    FIELD_ENTRY = (Weight.UNCLEAR, "ISO 32000-2 12.7.4", "ô «{name}» ở {place} có mục bị thay đổi")
    STRUCTURE = (Weight.UNCLEAR, "ISO 32000-2 14.7", "cấu trúc đọc của văn bản bị thay đổi")
    UNREADABLE = (Weight.UNCLEAR, "ISO 32000-2 7.3", "có phần bổ sung không đọc được")
    #: Some part of the document has changed, and no rule has looked at it.
    UNACCOUNTED = (Weight.UNCLEAR, "ISO 32000-2 7.5.6", "có phần khác của tệp bị thay đổi")
    #: Entries, objects or tables that a file defines twice: what is shown depends on who reads.
    TWOFOLD = (Weight.UNCLEAR, "ISO 32000-2 7.3.7", "có phần bổ sung mà mỗi phần mềm đọc một khác")
    #: 12.5.5: a picture of a later signature is that signer's, what it covers is not.
    OVER_TEXT = (Weight.UNCLEAR, "ISO 32000-2 12.7.5.5", "hình của ô «{name}» che chữ ở {place}")
    BYTES_AFTER = (Weight.UNCLEAR, "ISO 32000-2 7.5.5", "có dữ liệu lạ ở cuối tệp")

    PAGE_CONTENT = (Weight.HARMFUL, "ISO 32000-2 7.7.3.3", "nội dung {place} bị thay đổi")
    PAGES = (Weight.HARMFUL, "ISO 32000-2 7.7.3.2", "trang bị thêm, bớt hoặc đổi chỗ")
    ANNOTATION = (Weight.HARMFUL, "ISO 32000-2 12.5", "{place} bị thêm hoặc sửa hình, chú thích{name}")
    ANNOTATION_GONE = (Weight.HARMFUL, "ISO 32000-2 12.5", "{place} bị bớt hình, chú thích")
    SIGNATURE_TOUCHED = (Weight.HARMFUL, "ISO 32000-2 12.8.1", "chữ ký ở ô «{name}» bị thay hoặc xóa")
    SIGNATURE_REDRAWN = (Weight.HARMFUL, "ISO 32000-2 12.8.1", "hình chữ ký ở ô «{name}» bị vẽ lại")
    UNSIGNED_DRAWING = (Weight.HARMFUL, "ISO 32000-2 12.7.5.5", "ô «{name}» ở {place} có hình mà không ai ký")
    SIGNATURE_REUSED = (Weight.HARMFUL, "ISO 32000-2 12.8.1", "ô «{name}» dùng lại một chữ ký cũ")
    OVER_NUMBER = (Weight.HARMFUL, "NĐ 30/2020 Điều 15", "hình của ô «{name}» che số hoặc ngày ở {place}")
    FIELD_FILLED = (Weight.HARMFUL, "ISO 32000-2 12.7.4", "ô «{name}» ở {place} bị điền hoặc sửa")
    FIELD_CHANGED = (Weight.HARMFUL, "ISO 32000-2 12.7.4", "ô «{name}» ở {place} bị dời, khóa hoặc mở khóa")
    FIELD_NEW = (Weight.HARMFUL, "ISO 32000-2 12.7.4", "ô biểu mẫu «{name}» bị thêm ở {place}")
    FIELD_GONE = (Weight.HARMFUL, "ISO 32000-2 12.7.4", "ô «{name}» bị xóa")
    FILLED_BY_NOBODY = (Weight.HARMFUL, "NĐ 30/2020 Điều 15", "ô «{name}» được điền mà sau đó không ai ký")
    FONTS = (Weight.HARMFUL, "ISO 32000-2 12.7.4.3", "phông chữ của các ô bị thay")
    LOCKED = (Weight.HARMFUL, "ISO 32000-2 12.8.2.4", "ô «{name}» đã khóa bị thay đổi")
    CERTIFIED = (Weight.HARMFUL, "ISO 32000-2 12.8.2.2", "người ký không cho phép bổ sung, nhưng {name}")
    SCRIPT = (Weight.HARMFUL, "ISO 32000-2 12.6", "lệnh tự chạy bị thêm hoặc sửa ({name})")
    ATTACHMENT = (Weight.HARMFUL, "ISO 32000-2 7.11.4", "tệp đính kèm bị thêm, bớt hoặc sửa")
    LAYERS = (Weight.HARMFUL, "ISO 32000-2 8.11", "các lớp ẩn, hiện của văn bản bị thay đổi")
    REDEFINED = (Weight.HARMFUL, "ISO 32000-2 7.5.7", "dữ liệu đã ký bị thay bằng dữ liệu khác")
    OBJECTS_AFTER = (Weight.HARMFUL, "ISO 32000-2 7.5.6", "có đối tượng PDF bị ghép vào cuối tệp")
    #: The signed range is not the whole file up to its end: nothing after it can be told from it.
    OUTSIDE = (Weight.HARMFUL, "ISO 32000-2 12.8.1", "có phần của tệp không được ký")

    def __init__(self, weight: Weight, article: str, words: str) -> None:
        self.weight, self.article, self.words = weight, article, words


@dataclass(frozen=True, kw_only=True)
class Alteration:
    """One thing that was done to the file."""

    kind: Kind
    #: Counted from 1; 0 when it is on no page, or the page is not known.
    page: int = 0
    #: Field or entry.
    name: str = ""

    @property
    def words(self) -> str:
        """In Vietnamese, as a part of a sentence."""
        place = f"trang {self.page}" if self.page else "văn bản"
        return self.kind.words.format(place=place, name=self.name[:80])


def heaviest(found: Iterable[Alteration]) -> list[Alteration]:
    """Those of the greatest weight, each once, in the order found; [] of nothing."""
    once = list(dict.fromkeys(found))
    most = max((one.kind.weight for one in once), default=Weight.HARMLESS)
    return [one for one in once if one.kind.weight is most]


#: What may stand behind the last signature, though no later one answers for it.
MAY_END_UNSIGNED = frozenset(
    {
        Kind.VALIDATION_DATA,
        Kind.ROOM_FOR_SIGNATURE,
        Kind.METADATA,
        Kind.UNUSED,
        Kind.REWRITTEN,
        Kind.BLANK_END,
    }
)
#: What even a signer who allows no changes (DocMDP 1) cannot forbid: ISO 32000-2 12.8.2.2, table 257.
#: Whoever adds those notes the day in the metadata.
NEVER_FORBIDDEN = frozenset(
    {Kind.VALIDATION_DATA, Kind.TIMESTAMPED, Kind.METADATA, Kind.UNUSED, Kind.REWRITTEN, Kind.BLANK_END}
)
