"""«Soạn văn bản» at the officer's desk: what is kept, and what is refused file by file."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests import path
from tests.pdfsign.documents import typeset
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import filled, pdf, text_of
from tests.world import World
from vanthu.kernel.models import Blob
from vanthu.outgoing.models import OutgoingDocument


class TestDrafting:
    def test_leads_to_the_page_of_the_draft(self, sign_in: SignIn, world: World) -> None:
        officer = sign_in("officer")
        answer = officer.post("/van-ban-di/soan/", filled(world))

        assert answer.status_code == 303, answer.content.decode()
        page = text_of(officer, answer["Location"])
        assert "V/v rà soát vị trí việc làm" in page
        assert world.neighbour.name in page
        assert 'data-state="draft"' in page

    def test_asks_for_an_answer_by_a_day_of_its_own(self, sign_in: SignIn, world: World) -> None:
        """The deadline goes with the document (edXML DueDate)."""
        officer, day = sign_in("officer"), timezone.localdate() + timedelta(days=7)
        late = officer.post("/van-ban-di/soan/", filled(world, due_on="2026-01-31"))
        answer = officer.post("/van-ban-di/soan/", filled(world, due_on=f"{day:%Y-%m-%d}"))

        assert (late.status_code, answer.status_code) == (422, 303)
        assert "Hạn trả lời đã qua." in late.content.decode()
        assert f"{day:%d/%m/%Y}" in text_of(officer, answer["Location"])
        assert f'value="{day:%d/%m/%Y}"' in text_of(officer, f"{answer['Location']}sua/")

    def test_sent_twice_makes_one_draft(self, sign_in: SignIn, world: World) -> None:
        officer = sign_in("officer")
        key = officer.get("/van-ban-di/soan/", follow=True).context["form"]["draft_key"].value()
        answers = [
            officer.post("/van-ban-di/soan/", filled(world, draft_key=key, draft_file=pdf()))
            for _ in range(2)
        ]

        assert [answer.status_code for answer in answers] == [303, 303]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert OutgoingDocument.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"draft_file": pdf(b"khong phai pdf")}, "nội dung không phải"),
            ({"draft_file": pdf(b"")}, "Tệp rỗng"),
            ({"draft_file": pdf(b"MZ", "virus.exe")}, "PDF hoặc Word"),
            ({"draft_file": ""}, "Hãy chọn tệp dự thảo"),
            ({"subject": "đ" * 2509}, "nhiều nhất 500 ký tự, đang có 2509"),
            ({"secrecy": "secret"}, "độ mật không được đưa vào"),
            ({"signer_id": str(uuid4())}, "không có trong danh sách"),
            ({"recipients": ["x"]}, "Có 1 nơi nhận không còn trong danh bạ"),
            ({"draft_key": "x"}, "Hãy mở lại trang"),
        ],
        ids=[
            "not a PDF",
            "empty",
            "a program",
            "no file",
            "too long a subject",
            "secret",
            "no such signer",
            "no id",
            "no key",
        ],
    )
    def test_refused_says_why_and_keeps_nothing(
        self, sign_in: SignIn, world: World, changes: dict[str, object], said: str
    ) -> None:
        answer = sign_in("officer").post("/van-ban-di/soan/", filled(world, **changes))

        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "V/v" in answer.content.decode() or "subject" in changes
        assert OutgoingDocument.objects.count() == 0

    def test_refuses_a_file_larger_than_allowed(
        self, sign_in: SignIn, world: World, settings: pytest.FixtureRequest
    ) -> None:
        settings.UPLOAD_LIMIT = 1024 * 1024  # type: ignore[attr-defined]  # pytest-django's settings
        large = typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",)) + b"%" * (1024 * 1024)
        answer = sign_in("officer").post("/van-ban-di/soan/", filled(world, draft_file=pdf(large)))

        assert answer.status_code == 422
        assert "«du-thao.pdf»: Tệp lớn hơn 1 MB" in answer.content.decode()

    def test_names_every_file_it_refuses_at_its_field_and_asks_for_all_of_them_again(
        self, sign_in: SignIn, world: World
    ) -> None:
        secret = typeset(name="Phạm Văn Hùng", title_lines=("MẬT",))
        files = [pdf(name="phu-luc-1.pdf"), pdf(b"", "phu-luc-2.pdf"), pdf(b"MZ", "phu-luc-3.exe")]
        unreadable = [pdf(name="phu-luc-1.pdf"), pdf(secret, "phu-luc-2.pdf"), pdf(b"MZ", "phu-luc-3.exe")]
        officer = sign_in("officer")
        empty = officer.post("/van-ban-di/soan/", filled(world, attachments=files))
        refused = officer.post(
            "/van-ban-di/soan/", filled(world, attachments=unreadable, draft_file=pdf(b"x", "nham.pdf"))
        )

        said = empty.context["form"].errors["attachments"]
        assert said[0] == "«phu-luc-2.pdf»: Tệp rỗng. Hãy chọn lại tệp có nội dung."
        assert said[1].startswith("«phu-luc-3.exe»: ")
        errors = refused.context["form"].errors
        assert "«nham.pdf»" in errors["draft_file"][0]
        assert [said[:17] for said in errors["attachments"]] == ["«phu-luc-2.pdf»: ", "«phu-luc-3.exe»: "]
        assert (empty.status_code, refused.status_code) == (422, 422)
        # One was a secret: of what came with it, nothing is held.
        assert "Hãy chọn lại các tệp" not in empty.content.decode()
        assert "Hãy chọn lại các tệp" in refused.content.decode()
        assert (OutgoingDocument.objects.count(), Blob.objects.count()) == (0, 0)

    def test_asks_for_no_file_again_where_none_was_chosen(self, sign_in: SignIn, world: World) -> None:
        answer = sign_in("officer").post("/van-ban-di/soan/", filled(world, draft_file=""))

        assert "Hãy chọn lại các tệp" not in answer.content.decode()

    def test_finds_recipients_without_scripts_and_forgets_nothing(
        self, sign_in: SignIn, world: World
    ) -> None:
        words = filled(world, recipients=[str(world.neighbour.id)], draft_file="", find="recipients")
        words["recipients-typed"] = "phu vinh"
        words["draft_key"] = str(uuid4())
        page = sign_in("officer").post("/van-ban-di/soan/", words).content.decode()

        assert world.remote.name in page
        assert f'value="{world.neighbour.id}" checked' in page
        assert f'name="draft_key" value="{words["draft_key"]}"' in page
        assert "V/v rà soát vị trí việc làm" in page

    def test_starts_again_from_what_was_drafted(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world)
        officer = sign_in("officer")

        assert "V/v rà soát vị trí việc làm" in text_of(officer, f"/van-ban-di/{document}/sua/")
        answer = officer.post(f"/van-ban-di/{document}/sua/", filled(world, subject="V/v đã sửa"))
        assert answer.status_code == 303
        page = text_of(officer, f"/van-ban-di/{document}/")
        assert "V/v đã sửa" in page
        assert "Các bản đã lưu" in page

    def test_is_not_for_the_administrator(self, sign_in: SignIn, world: World) -> None:
        answer = sign_in("administrator").post("/van-ban-di/soan/", filled(world))

        assert answer.status_code == 403
