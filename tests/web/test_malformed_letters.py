"""What the screens say of a malformed letter, and to whom (NĐ 30/2020 PL I)."""

from __future__ import annotations

import re

import pytest

from tests import path
from tests.outgoing.standing import in_state
from tests.pdfsign.documents import scanned, typeset
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import filled, pdf, state_of, text_of
from tests.world import World
from vanthu.documents.intake import AcceptedDraft
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State

_LABELS = re.compile(r'data-place="(\w+)" data-label')


def _malformed() -> AcceptedDraft:
    return path.paper(number_line="", typed_name="Phạm Văn Hùn")


class TestTheButton:
    def test_is_shut_and_described_by_what_is_wrong(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world, draft=_malformed())
        officer = sign_in("officer")

        for address in (f"/van-ban-di/{document}/", f"/van-ban-di/{document}/xem-nhanh/"):
            page = text_of(officer, address)
            assert re.search(r'type="button" disabled aria-describedby="barred">[^\n]*Trình ký', page)
            assert 'id="barred"' in page
            assert "Không thấy dòng «Số: …» ở đầu trang 1." in page
            assert f'href="/van-ban-di/{document}/trinh/"' not in page

    def test_is_open_on_a_sound_letter(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world)
        page = text_of(sign_in("officer"), f"/van-ban-di/{document}/")

        assert 'id="barred"' not in page
        assert f'href="/van-ban-di/{document}/trinh/"' in page

    @pytest.mark.parametrize(
        ("state", "person", "act"),
        [(State.REVIEWING, "head", "duyet"), (State.AWAITING_SIGNATURE, "leader", "ky")],
    )
    def test_is_shut_to_approver_and_signer_who_give_it_back_with_what_is_wrong(
        self, sign_in: SignIn, world: World, state: State, person: str, act: str
    ) -> None:
        """A letter that was submitted before letters were read."""
        document = in_state(world, state)
        read = OutgoingDocument.objects.values("places", "letter").get(
            pk=path.drafted(world, draft=_malformed())
        )
        OutgoingDocument.objects.filter(pk=document).update(**read)
        browser = sign_in(person)

        assert re.search(
            r'type="submit"[^>]+disabled aria-describedby="barred">',
            text_of(browser, f"/van-ban-di/{document}/{act}/"),
        )
        back = text_of(browser, f"/van-ban-di/{document}/tra-lai/")
        assert "Dưới chỗ ký ghi «Phạm Văn Hùn»" in back


class TestThePlaces:
    @pytest.mark.parametrize(
        ("state", "person", "address"),
        [
            (State.DRAFT, "officer", ""),
            (State.REVIEWING, "head", ""),
            (State.REVIEWING, "head", "xem-nhanh/"),
            (State.AWAITING_SIGNATURE, "leader", ""),
            (State.SIGNED, "clerk", "cap-so-dong-dau/"),
        ],
    )
    def test_are_shown_to_everybody_it_goes_through(
        self, sign_in: SignIn, world: World, state: State, person: str, address: str
    ) -> None:
        document = in_state(world, state)
        page = text_of(sign_in(person), f"/van-ban-di/{document}/{address}")

        assert _LABELS.findall(page) == ["number", "day", "month", "signature", "seal"]

    def test_are_not_drawn_over_what_stands_on_the_paper_already(self, sign_in: SignIn, world: World) -> None:
        document = in_state(world, State.SEALED)

        assert _LABELS.findall(text_of(sign_in("clerk"), f"/van-ban-di/{document}/")) == []

    def test_that_were_only_shown_are_not_placed_by_being_saved(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world, draft=AcceptedDraft(pdf=path.stored(scanned(typeset()))))
        officer, address = sign_in("officer"), f"/van-ban-di/{document}/vi-tri/"
        shown = {
            name: str(value) for name, value in officer.get(address).context["places_form"].initial.items()
        }

        officer.post(address, shown)
        assert set(OutgoingDocument.objects.get(pk=document).places.values()) == {None}
        officer.post(address, shown | {"day-confirmed": "on", "number-x": "130"})
        placed = OutgoingDocument.objects.get(pk=document).places
        assert {name for name, box in placed.items() if box} == {"number", "day"}

    def test_of_what_the_letter_has_typed_are_not_asked_for(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world, draft=path.paper(number_blank="[ 125]", month_blank="[ 11 ]"))
        page = text_of(sign_in("officer"), f"/van-ban-di/{document}/vi-tri/")

        assert _LABELS.findall(page) == ["day", "signature", "seal"]
        assert "Số đã được ghi sẵn: «Số: 125/…»" in page


class TestTheSealDesk:
    def test_gives_a_signed_letter_back_before_a_number_is_taken(self, sign_in: SignIn, world: World) -> None:
        document = in_state(world, State.SIGNED)
        clerk = sign_in("clerk")

        page = text_of(clerk, f"/van-ban-di/{document}/cap-so-dong-dau/")
        assert f'href="/van-ban-di/{document}/tra-lai-de-sua/"' in page
        assert "chưa mất số nào của sổ" in page
        answer = clerk.post(f"/van-ban-di/{document}/tra-lai-de-sua/", {"reason": "Sai tên người ký."})

        assert answer.status_code == 303
        assert state_of(document) is State.DRAFT
        assert "Sai tên người ký." in text_of(sign_in("officer"), f"/van-ban-di/{document}/")

    def test_says_that_a_number_is_lost_where_one_was_given(self, sign_in: SignIn, world: World) -> None:
        document = in_state(world, State.NUMBERED)
        page = text_of(sign_in("clerk"), f"/van-ban-di/{document}/cap-so-dong-dau/")

        assert f'href="/van-ban-di/{document}/tra-lai-de-sua/"' in page
        assert "chưa mất số nào của sổ" not in page


class TestTheSubject:
    def test_left_empty_is_read_from_the_letter(self, sign_in: SignIn, world: World) -> None:
        saved = sign_in("officer").post("/van-ban-di/soan/", filled(world, subject=""))

        assert saved.status_code == 303
        assert OutgoingDocument.objects.get().document.subject == "V/v rà soát vị trí việc làm"

    def test_is_asked_for_where_the_letter_has_none(self, sign_in: SignIn, world: World) -> None:
        letter = typeset(name="Phạm Văn Hùng", about="")
        refused = sign_in("officer").post(
            "/van-ban-di/soan/", filled(world, subject="", draft_file=pdf(letter))
        )

        assert refused.status_code == 422
        assert "văn bản không có dòng «V/v …» đọc được" in refused.content.decode()

    def test_too_long_is_counted_and_comes_back_whole(self, sign_in: SignIn, world: World) -> None:
        typed = "đ" * 2509
        refused = sign_in("officer").post("/van-ban-di/soan/", filled(world, subject=typed))
        page = refused.content.decode()

        assert refused.status_code == 422
        assert "nhiều nhất 500 ký tự, đang có 2509" in page
        assert typed in page

    def test_other_than_the_letters_is_told_to_all_and_mended_by_its_author(
        self, sign_in: SignIn, world: World
    ) -> None:
        document = path.submitted(world, subject="V/v biên chế năm 2027")

        for person in ("officer", "head"):
            page = text_of(sign_in(person), f"/van-ban-di/{document}/")
            assert "Văn bản ghi: «V/v rà soát vị trí việc làm»" in page
            assert "Dùng trích yếu trên văn bản" not in page
        draft = path.drafted(world, subject="V/v biên chế năm 2027")
        page = text_of(sign_in("officer"), f"/van-ban-di/{draft}/sua/?trich-yeu=van-ban")
        assert "V/v rà soát vị trí việc làm</textarea>" in page


class TestWhatIsDoubtful:
    """Met at the act itself: ticked by the author, told to those after him, whoever they are."""

    _TICK = "confirm-subject_other"

    def test_is_ticked_in_the_dialog_of_submission(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world, subject="V/v biên chế năm 2027")
        officer, address = sign_in("officer"), f"/van-ban-di/{document}/trinh/"

        assert re.search(rf'name="{self._TICK}"[^>]*required', text_of(officer, address))
        refused = officer.post(address)
        assert refused.status_code == 422
        assert "Hãy đánh dấu nếu điều này đúng" in refused.content.decode()
        assert state_of(document) is State.DRAFT
        assert officer.post(address, {self._TICK: "on"}).status_code == 303
        assert state_of(document) is State.REVIEWING

    @pytest.mark.parametrize(
        ("state", "person", "act"),
        [
            (State.REVIEWING, "head", "duyet"),
            (State.AWAITING_SIGNATURE, "leader", "ky"),
            (State.SIGNED, "clerk", "cap-so-dong-dau"),
        ],
    )
    def test_is_told_in_the_dialog_of_approval_and_beside_the_pin(
        self, sign_in: SignIn, world: World, state: State, person: str, act: str
    ) -> None:
        document = in_state(world, state, subject="V/v biên chế năm 2027")
        page = text_of(sign_in(person), f"/van-ban-di/{document}/{act}/")

        told = page.partition("data-answered")[2]
        assert "Văn bản ghi: «V/v rà soát vị trí việc làm»" in told
        assert self._TICK not in page

    @pytest.mark.parametrize(
        ("state", "person", "act"),
        [(State.REVIEWING, "head", "duyet"), (State.AWAITING_SIGNATURE, "leader", "ky")],
    )
    def test_is_asked_of_them_where_nobody_has_confirmed_it(
        self, sign_in: SignIn, world: World, state: State, person: str, act: str
    ) -> None:
        document = in_state(world, state, subject="V/v biên chế năm 2027")
        OutgoingDocument.objects.filter(pk=document).update(confirmed={})
        browser, address = sign_in(person), f"/van-ban-di/{document}/{act}/"

        assert f'name="{self._TICK}"' in text_of(browser, address)
        browser.post(address, {"pin": "000000"})
        assert state_of(document) is state


class TestWhatIsWrittenAndNotSent:
    def test_stands_apart_from_the_recipients(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world, to_places=("Sở Y tế", "Lưu: VT, CCVC"))
        officer = sign_in("officer")
        page = text_of(officer, f"/van-ban-di/{document}/")

        recipients, _, rest = page.partition("<dt>Nơi nhận</dt>")[2].partition("</dd>")
        assert "Sở Y tế" not in recipients
        assert re.search(r"data-not-sent>Sở Y tế; Lưu: VT, CCVC <span class=\"tag\">không gửi</span>", rest)
        asked = text_of(officer, f"/van-ban-di/{document}/trinh/")
        assert "Chỉ ghi trên văn bản, không gửi: Sở Y tế; Lưu: VT, CCVC." in asked

    def test_is_called_so_where_it_is_filled_in(self, sign_in: SignIn, world: World) -> None:
        page = text_of(sign_in("officer"), "/van-ban-di/soan/")

        assert "Ghi thêm ở mục «Nơi nhận», không gửi" in page
        assert "Nơi nhận khác" not in page
