"""Subjects, names and notations that read like those of a province; every agency and person is invented."""

from __future__ import annotations

from random import Random

#: In about a quarter of all subjects; what the search for a frequent phrase looks for.
FREQUENT_PHRASE = "chuyển đổi số"
#: In about one of a thousand.
RARE_PHRASE = "cầu phao Vĩnh Khê"

_SENDERS = (
    *("Bộ Nội vụ", "Bộ Tài chính", "Bộ Tư pháp", "Bộ Y tế", "Bộ Khoa học và Công nghệ", "Bộ Xây dựng"),
    *("Văn phòng Chính phủ", "Thanh tra Chính phủ", "Kho bạc Nhà nước khu vực XII", "Cục Thống kê"),
    *("Tòa án nhân dân tỉnh", "Viện kiểm sát nhân dân tỉnh", "Công an tỉnh", "Bộ Chỉ huy quân sự tỉnh"),
    *("Ban Quản lý các khu công nghiệp", "Trường Chính trị tỉnh", "Liên đoàn Lao động tỉnh"),
)
_PLACES = (
    *("Hòa Bình", "Tân An", "Thuận Phước", "Vĩnh Khê", "An Lạc", "Đông Thành", "Phú Cường", "Long Điền"),
    *("Bình Minh", "Xuân Thủy", "Quang Trung", "Nghĩa Hưng", "Kim Sơn", "Mỹ Đức", "Yên Định", "Thạch Bàn"),
)
_ACTS = (
    *("V/v triển khai", "V/v rà soát", "V/v báo cáo kết quả", "V/v tăng cường", "V/v góp ý dự thảo"),
    *("V/v phối hợp thực hiện", "V/v đôn đốc", "V/v hướng dẫn", "V/v thẩm định", "V/v cung cấp số liệu"),
    *("V/v trả lời kiến nghị về", "V/v tổ chức hội nghị sơ kết", "V/v phê duyệt", "V/v kiểm tra"),
)
_TOPICS = (
    *("vị trí việc làm", "cải cách thủ tục hành chính", "tinh giản biên chế", "quy hoạch sử dụng đất"),
    *("phòng cháy, chữa cháy", "bảo hiểm y tế học sinh, sinh viên", "giải ngân vốn đầu tư công"),
    *("công tác văn thư, lưu trữ", "xử lý đơn thư", "phòng, chống thiên tai và tìm kiếm cứu nạn"),
    *("an toàn thực phẩm dịp Tết Nguyên đán", "tuyển dụng viên chức ngành giáo dục", "nông thôn mới"),
    *("chế độ, chính sách đối với người có công", "quản lý tài sản công", "dự toán ngân sách nhà nước"),
    *("đề án sắp xếp đơn vị hành chính cấp xã", "khai thác khoáng sản làm vật liệu xây dựng"),
    *("đấu giá quyền sử dụng đất", "bồi thường, giải phóng mặt bằng tuyến đường vành đai"),
    *("phổ biến, giáo dục pháp luật", "định danh và xác thực điện tử", "đào tạo nghề cho lao động"),
)
_PERIODS = ("tháng {m}", "quý {q}", "6 tháng đầu năm", "năm {y}", "giai đoạn {y}–{z}", "")
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
_MIDDLE = ("Văn", "Thị", "Minh", "Quốc", "Thanh", "Ngọc", "Đức", "Hồng", "Xuân", "Kim")
_GIVEN = ("Anh", "Bình", "Châu", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nam", "Phương", "Thảo", "Yến")
_DIGITAL = (
    *("chuyển đổi số", "kế hoạch chuyển đổi số", "chuyển đổi số trong cơ quan nhà nước"),
    *("dữ liệu và chuyển đổi số ngành", "nguồn nhân lực chuyển đổi số"),
)


def subject(random: Random, year: int) -> str:
    """The subject of one document."""
    about = random.choice(_DIGITAL if random.random() < 0.27 else _TOPICS)
    if random.random() < 0.001:
        about = RARE_PHRASE
    period = random.choice(_PERIODS).format(
        m=random.randint(1, 12), q=random.choice(("I", "II", "III", "IV")), y=year, z=year + 5
    )
    where = f" trên địa bàn {random.choice(('xã', 'phường'))} {random.choice(_PLACES)}"
    return f"{random.choice(_ACTS)} {about}{where if random.random() < 0.6 else ''} {period}".strip()


def outside_sender(random: Random) -> str:
    """A body outside the province's installation."""
    return random.choice(_SENDERS)


def person_name(random: Random) -> str:
    """Somebody."""
    return f"{random.choice(_FAMILY)} {random.choice(_MIDDLE)} {random.choice(_GIVEN)}"


def place(number: int) -> str:
    """The name of a commune; after the sixteenth they are numbered."""
    turn, index = divmod(number, len(_PLACES))
    return _PLACES[index] if turn == 0 else f"{_PLACES[index]} {turn + 1}"
