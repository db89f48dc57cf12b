"""Which names are of one agency, and of one person, as certificates and directories in use write them."""

from __future__ import annotations

import unicodedata

import pytest

from vanthu.signing.names import is_same_agency, is_same_person, says_nothing

FULL = "Sở Nội vụ tỉnh An Bình"
COMMITTEE = "Ủy ban nhân dân tỉnh An Bình"


def case(certified: str, stated: str, *, id: str) -> object:
    return pytest.param(certified, stated, id=id)


SAME = [
    case(FULL, FULL, id="the same"),
    case("SỞ NỘI VỤ TỈNH AN BÌNH", FULL, id="in capitals"),
    case("So Noi vu tinh An Binh", FULL, id="without any diacritics"),
    case(unicodedata.normalize("NFD", FULL), FULL, id="NFD"),
    case("Uỷ ban nhân dân xã Hoà Bình", "Ủy ban nhân dân xã Hòa Bình", id="old tone placement"),
    case("UBND tỉnh An Bình", COMMITTEE, id="UBND"),
    case("HĐND tỉnh An Bình", "Hội đồng nhân dân tỉnh An Bình", id="HĐND"),
    case("VP. UBND tỉnh An Bình", "Văn phòng Ủy ban nhân dân tỉnh An Bình", id="VP."),
    case("Văn phòng HĐND & UBND huyện Tân Lập", "VP HĐND và UBND huyện Tân Lập", id="&"),
    case("UBND TP. Thuận Phước", "Ủy ban nhân dân thành phố Thuận Phước", id="TP."),
    case("Sở Y tế TP.HCM", "Sở Y tế Thành phố Hồ Chí Minh", id="TP.HCM"),
    case("UBND TX. Tân Lập", "UBND thị xã Tân Lập", id="TX."),
    case("Ủy ban MTTQ xã Tân An", "Ủy ban Mặt trận Tổ quốc xã Tân An", id="MTTQ"),
    case("Sở Văn hóa Thể thao và Du lịch", "Sở Văn hóa, Thể thao và Du lịch", id="a comma"),
    case("Sở Nội vụ", FULL, id="a sở whose certificate leaves the province out"),
    case(FULL, "Sở Nội vụ", id="a sở whose province the directory leaves out"),
    case("Sở Nội vụ An Bình", FULL, id="a sở without the word tỉnh"),
    case("Chi cục Kiểm lâm", "Chi cục Kiểm lâm tỉnh An Bình", id="a chi cục of the province"),
    case("UBND xã Hòa Bình", "UBND xã Hòa Bình, tỉnh An Bình", id="the province of a commune"),
    case("UBND xã Hòa Bình, huyện Tân Lập, tỉnh An Bình", "UBND xã Hòa Bình", id="district and province"),
    case("UBND thành phố Tân Lập", "UBND thành phố Tân Lập tỉnh An Bình", id="the province of its city"),
    case(FULL, f"UBND tỉnh An Bình - {FULL}", id="the directory says the committee before it"),
    case("UBND tỉnh An Bình – Sở Nội vụ", FULL, id="the certificate says the committee before it"),
]

DIFFERENT = [
    case(FULL, "Sở Tài chính tỉnh An Bình", id="two sở"),
    case("Sở Nội vụ", "Sở Nội vụ và Lao động", id="a longer subject"),
    case(FULL, "ở Nội vụ", id="half a word"),
    case("Sở Khoa học", "Sở Khoa học và Công nghệ tỉnh An Bình", id="a longer subject with a province"),
    case("UBND xã Hòa Bình", "UBND xã Tân An", id="two communes"),
    case("UBND xã Tân An", "UBND xã Tân Ân", id="two communes told apart by one mark"),
    case("UBND xã An Bình", "UBND tỉnh An Bình", id="a commune named as the province"),
    case("UBND xã An Bình", "UBND phường An Bình", id="commune and ward"),
    case("UBND tỉnh An Bình", "Văn phòng UBND tỉnh An Bình", id="the committee's seal for its office"),
    case("Văn phòng UBND tỉnh An Bình", "UBND tỉnh An Bình", id="the office's seal for its committee"),
    case("HĐND xã Tân An", "UBND xã Tân An", id="council and committee"),
    case("UBND", "UBND tỉnh An Bình", id="a committee of nowhere"),
    case("Văn phòng", "Văn phòng UBND tỉnh An Bình", id="an office of nobody"),
    case("Văn phòng", "Văn phòng Tỉnh ủy An Bình", id="tỉnh ủy is no place"),
    case("UBND tỉnh An Bình", "UBND tỉnh An Bình, xã Hòa Bình", id="a place below"),
    case("Phòng Văn hóa", "Phòng Văn hóa - Xã hội", id="xã hội is no place"),
    case("Viện Khoa học", "Viện Khoa học Xã hội Việt Nam", id="xã hội Việt Nam is no place"),
    case(FULL, "Sở Nội vụ tỉnh Phú Vinh", id="namesakes of two provinces"),
    case("UBND xã Hòa Bình, tỉnh An Bình", "UBND xã Hòa Bình, tỉnh Phú Vinh", id="communes of two provinces"),
    case("Cục Thuế", "Cục Thuế tỉnh An Bình", id="a central agency and its branch"),
    case("Công an", "Công an xã Tân An", id="a commune left out"),
    case("Phòng Tư pháp", "Phòng Tư pháp huyện Tân Lập", id="a district left out"),
    case("UBND tỉnh Phú Vinh - Sở Nội vụ", FULL, id="another committee said before it"),
    case("UBND tỉnh An Bình - Sở Nội vụ", "UBND tỉnh An Bình", id="the committee above is not the agency"),
    case("Nguyễn Văn Ước", FULL, id="a person"),
]


@pytest.mark.parametrize(("certified", "stated"), SAME)
def test_one_agency(certified: str, stated: str) -> None:
    assert is_same_agency(certified, stated)
    assert is_same_agency(stated, certified)


@pytest.mark.parametrize(("certified", "stated"), DIFFERENT)
def test_two_agencies(certified: str, stated: str) -> None:
    assert not is_same_agency(certified, stated)
    assert not is_same_agency(stated, certified)


@pytest.mark.parametrize(
    ("certified", "bodies", "places", "stated", "same"),
    [
        pytest.param("Sở Nội vụ", ["UBND tỉnh An Bình"], [], FULL, True, id="O names the province"),
        pytest.param("Sở Nội vụ", ["Sở Nội vụ", "tỉnh An Bình"], [], FULL, True, id="OU names it"),
        pytest.param("Sở Nội vụ", ["Sở Nội vụ"], ["An Bình"], FULL, True, id="L names it barely"),
        pytest.param("Sở Nội vụ", ["UBND TINH AN BINH"], [], FULL, True, id="O without diacritics"),
        pytest.param("Sở Nội vụ", ["UBND tỉnh Phú Vinh"], [], FULL, False, id="O names another"),
        pytest.param("Sở Nội vụ", [], ["Phú Vinh"], FULL, False, id="L names another"),
        pytest.param(
            "Văn phòng UBND",
            ["UBND tỉnh An Bình"],
            [],
            "Văn phòng UBND tỉnh An Bình",
            True,
            id="only the certificate's O tells which office",
        ),
        pytest.param(
            "Phòng Tư pháp",
            ["UBND huyện Tân Lập"],
            ["An Bình"],
            "Phòng Tư pháp huyện Tân Lập",
            True,
            id="only the certificate's O tells which district",
        ),
        pytest.param(
            "Phòng Tư pháp",
            ["UBND huyện Tân Hòa"],
            ["An Bình"],
            "Phòng Tư pháp huyện Tân Lập",
            False,
            id="of another district",
        ),
        pytest.param(
            "UBND", [], ["An Bình"], "UBND xã An Bình", False, id="a bare L is a province, not a commune"
        ),
        pytest.param(
            "UBND xã Hòa Bình",
            ["UBND xã Hòa Bình"],
            ["Hòa Bình"],
            "UBND xã Hòa Bình, tỉnh An Bình",
            True,
            id="L repeats the commune",
        ),
        pytest.param(
            "UBND xã Hòa Bình",
            [],
            ["Phú Vinh"],
            "UBND xã Hòa Bình, tỉnh An Bình",
            False,
            id="its namesake in another province",
        ),
        pytest.param(
            "Cục Thuế tỉnh An Bình",
            ["Tổng cục Thuế"],
            ["Hà Nội"],
            "Cục Thuế tỉnh An Bình",
            True,
            id="L is where the body above it is",
        ),
        pytest.param(FULL, ["UBND tỉnh An Bình"], [], "UBND tỉnh An Bình", False, id="O is not the signer"),
    ],
)
def test_what_the_certificate_says_beside_the_name(
    certified: str, bodies: list[str], places: list[str], stated: str, same: bool
) -> None:
    assert is_same_agency(certified, stated, bodies=bodies, places=places) is same


@pytest.mark.parametrize(
    ("certified", "stated", "same"),
    [
        pytest.param("Đỗ Thị Mai", "ĐỖ THỊ MAI", True, id="capitals"),
        pytest.param("Do Thi Mai", "Đỗ Thị Mai", True, id="without diacritics"),
        pytest.param("Hoà Văn Thuý", "Hòa Văn Thúy", True, id="tone placement"),
        pytest.param("PGS.TS. Đỗ Thị Mai", "Đỗ Thị Mai", True, id="a degree"),
        pytest.param("Đại tá Phạm Văn Hùng", "Phạm Văn Hùng", True, id="a rank"),
        pytest.param("Ông Thị Bích", "Ông Thị Bích", True, id="the surname Ông"),
        pytest.param("Nguyễn Văn An", "Nguyễn Văn An Bình", False, id="a longer given name"),
        pytest.param("Thị Mai", "Đỗ Thị Mai", False, id="a part of the name"),
        pytest.param("Nguyễn Văn Hưng", "Nguyễn Văn Hùng", False, id="another mark"),
    ],
)
def test_one_person(certified: str, stated: str, same: bool) -> None:
    assert is_same_person(certified, stated) is same
    assert is_same_person(stated, certified) is same


def test_a_name_may_say_nothing() -> None:
    assert says_nothing("")
    assert says_nothing(" (theo gói tin)")
    assert not says_nothing("Sở Nội vụ (theo gói tin)")
