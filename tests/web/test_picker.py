"""Choosing several of very many: what is offered, what is posted, what is refused and kept."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import arrivals, path
from tests.web.conftest import SignIn
from tests.web.crowds import many_agencies, many_staff
from tests.web.outgoing_desk import filled
from tests.world import NOW, World
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State
from vanthu.organizations.models import Agency, Post, Unit, User
from vanthu.workflow import queries as workflow
from vanthu.workflow.models import Assignment

pytestmark = pytest.mark.django_db

_OPTION = re.compile(r'<li role="option"[^>]*data-name="([^"]*)"')
#: Bytes of the page of a direction, whatever the agency has; that of five thousand people had megabytes.
_LIGHT = 60_000
_QUESTIONS = 80


def _offered(browser: Client, address: str, **asked: str) -> list[str]:
    """The names of the lines a picker would show."""
    answer = browser.get(address, asked)
    assert answer.status_code == 200, answer.content.decode()
    return _OPTION.findall(answer.content.decode())


@pytest.fixture
def letter(world: World) -> UUID:
    """A letter registered at the department, for its leader to direct."""
    return arrivals.registered(world)


@pytest.fixture
def direct(letter: UUID) -> str:
    return f"/van-ban-den/{letter}/chi-dao/"


@pytest.fixture
def staff(letter: UUID) -> str:
    """What the picker of the direction asks."""
    return f"/van-ban-den/{letter}/giao-cho/"


class TestRecipients:
    def test_shows_twenty_and_counts_the_rest(self, sign_in: SignIn, world: World) -> None:
        many_agencies(90)
        page = sign_in("officer").get("/co-quan/tim/", {"q": "uy ban"}).content.decode()

        assert len(_OPTION.findall(page)) == 20
        # Sixty of those, and the neighbour and the province that were there before.
        assert "Còn 42 dòng nữa. Gõ thêm chữ để thu hẹp." in page

    def test_offers_the_groups_of_ones_own_province_before_a_letter_is_typed(
        self, sign_in: SignIn, world: World
    ) -> None:
        many_agencies(9)
        many_agencies(9, province="H98")

        assert _offered(sign_in("officer"), "/co-quan/tim/") == [
            "Các sở, ban, ngành của tỉnh",
            "UBND các xã, phường, đặc khu trong tỉnh",
            "UBND các tỉnh, thành phố",
        ]
        departments = _offered(sign_in("officer"), "/co-quan/tim/", nhom="departments")
        assert departments == ["Sở Bình Minh 2", "Sở An Lạc 5", "Sở Đông Hải 8"]

    def test_never_offers_who_asks_or_is_closed(self, sign_in: SignIn, world: World) -> None:
        many_agencies(3)
        Agency.objects.filter(name="Sở Bình Minh 2").update(closed_at=NOW)

        assert _offered(sign_in("officer"), "/co-quan/tim/", q="sở") == []
        assert _offered(sign_in("officer"), "/co-quan/tim/", nhom="departments") == []

    def test_offers_those_of_ones_last_documents(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world)
        officer = sign_in("officer")

        assert _offered(officer, "/co-quan/tim/")[0] == "Như văn bản «V/v rà soát vị trí việc làm»"
        assert _offered(officer, "/co-quan/tim/", nhom=str(document)) == [
            world.neighbour.name,
            world.remote.name,
        ]

    @pytest.mark.parametrize("person", ["colleague", "outsider"])
    def test_tells_nobody_else_to_whom_a_draft_goes(self, sign_in: SignIn, world: World, person: str) -> None:
        document = path.drafted(world)

        assert "Như văn bản" not in str(_offered(sign_in(person), "/co-quan/tim/"))
        assert _offered(sign_in(person), "/co-quan/tim/", nhom=str(document)) == []

    @pytest.mark.parametrize("key", ["x", "departments ", "\u00e9", "12690033-f218-446c-87ca-22068e197501"])
    def test_knows_no_other_groups(self, sign_in: SignIn, world: World, key: str) -> None:
        assert _offered(sign_in("officer"), "/co-quan/tim/", nhom=key) == []

    def test_takes_all_in_one_field_of_tokens(self, sign_in: SignIn, world: World) -> None:
        tokens = f"{world.remote.id} {world.neighbour.id} {world.remote.id}"
        answer = sign_in("officer").post("/van-ban-di/soan/", filled(world, recipients=[tokens]))

        assert answer.status_code == 303
        page = sign_in("officer").get(answer["Location"]).content.decode()
        assert page.index(world.remote.name) < page.index(world.neighbour.name)

    def test_names_who_is_gone_at_its_place_and_keeps_the_others(self, sign_in: SignIn, world: World) -> None:
        Agency.objects.filter(id=world.neighbour.id).update(closed_at=NOW)
        tokens = f"{world.neighbour.id} {world.remote.id} {uuid4()}"
        answer = sign_in("officer").post("/van-ban-di/soan/", filled(world, recipients=[tokens]))

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Có 1 nơi nhận không còn trong danh bạ. Hãy bỏ ra rồi lưu lại." in page
        assert "đã ngừng hoạt động, hãy bỏ ra" in page
        assert f'value="{world.remote.id}" checked' in page

    def test_asks_about_what_was_typed_and_not_chosen(self, sign_in: SignIn, world: World) -> None:
        words = filled(world, **{"recipients-typed": "Sở Tài chính"})
        answer = sign_in("officer").post("/van-ban-di/soan/", words)

        assert answer.status_code == 422
        assert "Đã gõ «Sở Tài chính» nhưng chưa chọn dòng nào." in answer.content.decode()
        assert 'value="Sở Tài chính"' in answer.content.decode()

    def test_adds_a_whole_group_without_scripts_and_forgets_nothing(
        self, sign_in: SignIn, world: World
    ) -> None:
        many_agencies(6)
        words = filled(world, recipients=[str(world.remote.id)], draft_file="")
        page = sign_in("officer").post("/van-ban-di/soan/", {**words, "find": "recipients"}).content.decode()
        assert 'value="recipients communes"' in page

        page = (
            sign_in("officer")
            .post("/van-ban-di/soan/", {**words, "find": "recipients communes"})
            .content.decode()
        )

        assert len(re.findall(r'name="recipients" value="[0-9a-f-]{36}" checked', page)) == 6
        assert "V/v rà soát vị trí việc làm" in page


class TestStaff:
    @pytest.mark.parametrize(
        ("asked", "first"),
        [
            ("nguyen van an", "Nguyễn Văn An"),
            ("AN NGUYỄN", "Nguyễn Văn An"),
            ("ccvc", "Phòng Công chức, viên chức"),
            ("trưởng phòng", "Trần Thị Bình"),
            ("phó giám", "Đỗ Thị Mai"),
        ],
    )
    def test_are_found_by_name_position_and_abbreviation(
        self, sign_in: SignIn, staff: str, asked: str, first: str
    ) -> None:
        assert _offered(sign_in("leader"), staff, q=asked)[0] == first

    def test_of_another_agency_are_not(self, sign_in: SignIn, staff: str) -> None:
        assert _offered(sign_in("leader"), staff, q="Đặng Thị Thu") == []

    def test_who_left_are_not(self, sign_in: SignIn, world: World, staff: str) -> None:
        Post.objects.filter(user=world.users["officer"]).update(ended_at=NOW)

        assert _offered(sign_in("leader"), staff, q="Nguyễn Văn An") == []

    def test_are_told_to_who_directs_alone(self, sign_in: SignIn, staff: str) -> None:
        statuses = {name: sign_in(name).get(staff, {"q": "an"}).status_code for name in ("clerk", "outsider")}

        assert statuses == {"clerk": 403, "outsider": 404}

    def test_a_unit_without_a_head_says_so(self, sign_in: SignIn, staff: str) -> None:
        page = sign_in("leader").get(staff, {"q": "Văn phòng"}).content.decode()

        assert 'aria-disabled="true"' in page
        assert "chưa có trưởng đơn vị để nhận việc" in page

    def test_are_offered_as_the_last_time_in_their_roles(
        self, sign_in: SignIn, world: World, staff: str
    ) -> None:
        before = arrivals.directed(world)
        leader = sign_in("leader")

        assert _offered(leader, staff)[0] == "Như lần trước: Nguyễn Văn An chủ trì"
        lines = leader.get(staff, {"nhom": str(before)}).content.decode()
        assert f'data-ref="user-{world.officer.user_id}"' in lines
        assert 'data-role="lead"' in lines
        assert workflow.directions_before(world.deputy) == []

    def test_who_have_a_part_are_not_given_another(self, sign_in: SignIn, world: World) -> None:
        document = arrivals.directed(world)
        page = sign_in("leader").get(f"/van-ban-den/{document}/giao-cho/", {"q": "Nguyễn Văn An"})

        assert "đã được giao (chủ trì)" in page.content.decode()
        refused = sign_in("leader").post(
            f"/van-ban-den/{document}/bo-sung-chi-dao/",
            {"instruction": "Phối hợp", "assignees": f"support:user-{world.officer.user_id}"},
        )
        assert refused.status_code == 422
        assert "Nguyễn Văn An: đã được giao (chủ trì)" in refused.content.decode()


class TestDirecting:
    @pytest.mark.parametrize(
        ("tokens", "said"),
        [
            ("", "Hãy chọn một đơn vị hoặc cá nhân chủ trì."),
            ("support:{officer} inform:{head}", "Chưa có ai chủ trì."),
            ("lead:{officer} lead:{head}", "Chỉ một nơi được chủ trì, đang chọn 2."),
            ("lead:{officer} support:{officer}", "Nguyễn Văn An được giao hai lần."),
            ("lead:{officer} boss:{head}", "Trần Thị Bình: hãy chọn vai trò."),
            ("lead:{officer} {head}", "Trần Thị Bình: hãy chọn vai trò."),
            ("lead:{officer} inform:{stranger}", "Có 1 nơi đã chọn không còn làm việc tại cơ quan."),
            ("lead:{officer} inform:user-x", "Có 1 nơi đã chọn không còn làm việc tại cơ quan."),
            ("lead:{officer} inform:{neighbours}", "Có 1 nơi đã chọn không còn làm việc tại cơ quan."),
            ("lead:{officer} support:{headless}", "Văn phòng: chưa có trưởng đơn vị để nhận việc"),
        ],
        ids=[
            "nobody",
            "nobody leads",
            "two lead",
            "named twice",
            "no such role",
            "no role",
            "of another agency",
            "no id",
            "unit of another agency",
            "unit without a head",
        ],
    )
    def test_is_refused_at_the_field_with_what_was_chosen(
        self, sign_in: SignIn, world: World, letter: UUID, direct: str, tokens: str, said: str
    ) -> None:
        refs = {
            "officer": f"user-{world.officer.user_id}",
            "head": f"user-{world.head.user_id}",
            "stranger": f"user-{world.outsider_officer.user_id}",
            "neighbours": f"unit-{world.neighbour_office.id}",
            "headless": f"unit-{world.office.id}",
        }
        chosen = tokens.format(**refs)
        answer = sign_in("leader").post(direct, {"instruction": "Xử lý gấp", "assignees": chosen})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        assert "Xử lý gấp" in page
        assert answer.context["form"]["assignees"].tokens == chosen
        assert not Assignment.objects.exists()

    def test_without_scripts_finds_and_keeps_what_was_chosen(
        self, sign_in: SignIn, world: World, letter: UUID, direct: str
    ) -> None:
        leader = sign_in("leader")
        words = {"instruction": "Xử lý gấp", "assignees": [f"lead:user-{world.officer.user_id}", ""]}
        page = leader.post(direct, {**words, "find": "assignees", "assignees-typed": "tran thi binh"})

        assert page.status_code == 200
        text = page.content.decode()
        assert f'value="support:user-{world.head.user_id}"' in text
        assert f'value="lead:user-{world.officer.user_id}" selected' in text
        assert "Xử lý gấp" in text
        assert not Assignment.objects.exists()
        words["assignees"] = [*words["assignees"], f"support:user-{world.head.user_id}"]
        assert leader.post(direct, words).status_code == 303
        assert IncomingDocument.objects.get(pk=letter).state == State.DIRECTED

    def test_of_five_thousand_has_a_light_page_and_posts_what_is_chosen(
        self, sign_in: SignIn, world: World, letter: UUID, direct: str, staff: str
    ) -> None:
        many_staff(world, units=200, people=4_800)
        leader = sign_in("leader")
        with CaptureQueriesContext(connection) as asked:
            page = leader.get(direct)
        assert len(page.content) < _LIGHT
        assert len(asked) < _QUESTIONS
        found = leader.get(staff, {"q": "nguoi thu"}).content.decode()
        assert len(_OPTION.findall(found)) == 20
        assert "Còn 4.780 dòng nữa." in found
        assert _offered(leader, staff, q="nv17")[0] == "Phòng nghiệp vụ 17"

        lead = f"lead:user-{world.officer.user_id}"
        assert leader.post(direct, {"instruction": "Xử lý", "assignees": lead}).status_code == 303
        assert Assignment.objects.filter(document_id=letter).count() == 1

    def test_informs_five_thousand_at_once(
        self, sign_in: SignIn, world: World, letter: UUID, direct: str
    ) -> None:
        many_staff(world, units=20, people=4_800)
        lead = f"user-{world.officer.user_id}"
        users = User.objects.filter(username__startswith="dong.nguoi").values_list("id", flat=True)
        units = Unit.objects.filter(abbreviation__startswith="NV").values_list("id", flat=True)
        tokens = " ".join(
            [
                f"lead:{lead}",
                *(f"inform:user-{each}" for each in users),
                *(f"inform:unit-{each}" for each in units),
            ]
        )
        with CaptureQueriesContext(connection) as asked:
            answer = sign_in("leader").post(direct, {"instruction": "Để biết", "assignees": tokens})

        assert answer.status_code == 303, answer.content.decode()[:3000]
        assert Assignment.objects.filter(document_id=letter).count() == 4_821
        assert len(asked) < _QUESTIONS
