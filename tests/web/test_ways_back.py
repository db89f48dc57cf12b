"""Ways back of an outgoing document, and what is pointed out on its paper, from each person's desk."""

from __future__ import annotations

from uuid import UUID

import pytest
from lxml import html

from tests import arrivals, path
from tests.outgoing.standing import in_state
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import filled, pdf, state_of, text_of
from tests.world import World
from vanthu.documents.models import DocumentFile
from vanthu.outgoing.states import State


class TestReturningWhatIsSigned:
    @pytest.mark.parametrize("state", [State.SIGNED, State.NUMBERED, State.SEALED])
    def test_sends_the_clerk_to_the_queue_and_tells_the_author_why(
        self, sign_in: SignIn, world: World, state: State
    ) -> None:
        document = in_state(world, state)
        clerk, address = sign_in("clerk"), f"/van-ban-di/{document}/tra-lai-de-sua/"
        assert address in text_of(clerk, f"/van-ban-di/{document}/")
        asked = text_of(clerk, address)
        assert ("bị hủy và không dùng lại" in asked) is (state is not State.SIGNED)

        answer = clerk.post(address, {"reason": "Sai thể thức phần nơi nhận."})

        assert (answer.status_code, answer["Location"]) == (
            303,
            f"/van-ban-di/?tab={'to_issue' if state is State.SEALED else 'to_number'}",
        )
        assert "Đã trả lại văn bản cho người soạn." in text_of(clerk, answer["Location"])
        page = text_of(sign_in("officer"), f"/van-ban-di/{document}/")
        assert "Sai thể thức phần nơi nhận." in page
        assert state_of(document) is State.DRAFT

    def test_strikes_the_number_in_the_register(self, sign_in: SignIn, world: World) -> None:
        path.returned_signed(world, in_state(world, State.NUMBERED), "Nhầm người ký")

        book = text_of(sign_in("clerk"), f"/so-dang-ky/{world.outgoing_register.id}/?nam=2026")

        assert "Số đã hủy" in book
        assert "Nhầm người ký" in book

    def test_without_a_reason_changes_nothing(self, sign_in: SignIn, world: World) -> None:
        document = in_state(world, State.SEALED)

        answer = sign_in("clerk").post(f"/van-ban-di/{document}/tra-lai-de-sua/", {"reason": " "})

        assert answer.status_code == 422
        assert state_of(document) is State.SEALED

    @pytest.mark.parametrize(
        ("who", "status"), [("outsider", 404), ("officer", 403), ("head", 403), ("leader", 403)]
    )
    def test_is_the_clerks_alone(self, sign_in: SignIn, world: World, who: str, status: int) -> None:
        document = in_state(world, State.SIGNED)

        answer = sign_in(who).post(f"/van-ban-di/{document}/tra-lai-de-sua/", {"reason": "Sai"})

        assert answer.status_code == status
        assert state_of(document) is State.SIGNED


class TestTakingBack:
    @pytest.mark.parametrize(
        ("state", "way", "after"),
        [
            (State.REVIEWING, "rut-lai", State.DRAFT),
            (State.AWAITING_SIGNATURE, "rut-lai", State.DRAFT),
            (State.DRAFT, "huy", State.DISCARDED),
        ],
    )
    def test_is_offered_to_the_author_and_done_at_one_press(
        self, sign_in: SignIn, world: World, state: State, way: str, after: State
    ) -> None:
        document = in_state(world, state)
        officer, address = sign_in("officer"), f"/van-ban-di/{document}/{way}/"
        assert address in text_of(officer, f"/van-ban-di/{document}/")
        assert officer.get(address).status_code == 200
        assert state_of(document) is state, "asking changes nothing"

        answer = officer.post(address)

        assert answer.status_code == 303
        assert text_of(officer, answer["Location"])
        assert state_of(document) is after

    def test_of_what_the_leader_has_signed_meanwhile_is_refused_in_words(
        self, sign_in: SignIn, world: World
    ) -> None:
        document = in_state(world, State.SIGNED)

        answer = sign_in("officer").post(f"/van-ban-di/{document}/rut-lai/")

        assert answer.status_code == 409
        assert "Chờ cấp số" in answer.content.decode()
        assert state_of(document) is State.SIGNED

    def test_of_a_discarded_draft_leaves_a_page_to_read(self, sign_in: SignIn, world: World) -> None:
        document = path.discarded(world)

        page = text_of(sign_in("officer"), f"/van-ban-di/{document}/")

        assert "Đã hủy dự thảo" in page
        assert "Việc bạn làm được" not in page


class TestFormerRounds:
    @staticmethod
    def _told(page: str) -> list[str]:
        summaries = html.document_fromstring(page).iterfind(".//details[@class='round']/summary")
        return [" ".join("".join(map(str, each.itertext())).split()) for each in summaries]

    def test_say_that_the_clerk_gave_the_signed_document_back(self, sign_in: SignIn, world: World) -> None:
        """No green tick stands over a draft that has to be signed anew."""
        document = in_state(world, State.SEALED)
        path.returned_signed(world, document)

        page = text_of(sign_in("officer"), f"/van-ban-di/{document}/")

        assert self._told(page) == ["Lần 1: đã ký, văn thư trả lại để sửa"]

    def test_say_that_the_author_took_the_draft_back(self, sign_in: SignIn, world: World) -> None:
        document = in_state(world, State.REVIEWING)
        sign_in("officer").post(f"/van-ban-di/{document}/rut-lai/")

        [told] = self._told(text_of(sign_in("officer"), f"/van-ban-di/{document}/"))

        assert told.startswith("Lần 1: người soạn rút lại ")


class TestAttachments:
    def _names(self, document: UUID) -> list[str]:
        files = DocumentFile.objects.filter(document_id=document, kind="attachment", superseded_at=None)
        return list(files.order_by("position").values_list("name", flat=True))

    def test_are_taken_out_and_added_one_by_one(self, sign_in: SignIn, world: World) -> None:
        officer = sign_in("officer")
        files = [pdf(name="phu-luc-1.pdf"), pdf(name="phu-luc-2.pdf")]
        document = UUID(
            officer.post("/van-ban-di/soan/", filled(world, attachments=files))["Location"].split("/")[2]
        )
        form = officer.get(f"/van-ban-di/{document}/sua/").context["form"]
        first = form.fields["removed"].choices[0][0]

        words = filled(world, removed=[first], attachments=[pdf(name="phu-luc-3.pdf")], draft_file="")
        answer = officer.post(f"/van-ban-di/{document}/sua/", words)

        assert answer.status_code == 303, answer.content.decode()
        assert self._names(document) == ["phu-luc-2.pdf", "phu-luc-3.pdf"]

    def test_stay_when_nothing_is_ticked(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world, attachments=[path.stored(b"%PDF-1 a", "a.pdf")])

        answer = sign_in("officer").post(f"/van-ban-di/{document}/sua/", filled(world, draft_file=""))

        assert answer.status_code == 303
        assert self._names(document) == ["a.pdf"]

    def test_of_another_document_cannot_be_named(self, sign_in: SignIn, world: World) -> None:
        other = path.drafted(world, attachments=[path.stored(b"%PDF-1 a", "a.pdf")])
        file = DocumentFile.objects.get(document_id=other, kind="attachment")
        document = path.drafted(world)

        words = filled(world, removed=[str(file.id)], draft_file="")
        answer = sign_in("officer").post(f"/van-ban-di/{document}/sua/", words)

        assert answer.status_code == 422
        assert "không còn kèm theo" in answer.content.decode()
        assert self._names(other) == ["a.pdf"]


class TestRemarks:
    def test_are_shown_to_whoever_has_the_document_and_before_the_number(
        self, sign_in: SignIn, world: World
    ) -> None:
        document = in_state(world, State.SIGNED, draft=path.paper(notation="SNV-VP", year=2026))

        for who, address in [("officer", ""), ("leader", ""), ("clerk", ""), ("clerk", "cap-so-dong-dau/")]:
            page = text_of(sign_in(who), f"/van-ban-di/{document}/{address}")
            assert "Văn bản ghi ký hiệu «SNV-VP»" in page, (who, address)
        assert "/SNV-VP" in page, "the number to be given stands before the symbol of the paper"

    def test_are_asked_before_submitting(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world, draft=path.paper(notation="SNV-VP", year=2026))

        assert "«SNV-VP»" in text_of(sign_in("officer"), f"/van-ban-di/{document}/trinh/")

    def test_are_not_made_of_an_ordinary_letter(self, sign_in: SignIn, world: World) -> None:
        document = path.drafted(world, draft=path.paper(year=2026))

        assert "data-remarks" not in text_of(sign_in("officer"), f"/van-ban-di/{document}/")


def test_directing_again_says_where_the_document_stands(sign_in: SignIn, world: World) -> None:
    """The leader's other window still shows the form; the officer, who may not direct, hears that."""
    document = arrivals.directed(world)

    late = sign_in("leader").get(f"/van-ban-den/{document}/chi-dao/")

    assert late.status_code == 409
    assert "«Đã chuyển xử lý», đang chờ Nguyễn Văn An" in late.content.decode()
    assert sign_in("officer").get(f"/van-ban-den/{document}/chi-dao/").status_code == 403


def test_directing_further_names_those_without_a_part(sign_in: SignIn, world: World) -> None:
    """The leader forgot somebody; who leads is not offered again, and nobody is given a second lead."""
    document = arrivals.directed(world)
    leader, address = sign_in("leader"), f"/van-ban-den/{document}/bo-sung-chi-dao/"
    asked = text_of(leader, address)
    assert f"user-{world.officer.user_id}" not in asked
    assert 'value="lead"' not in asked

    none = leader.post(address, {"instruction": "Phối hợp"})
    given = leader.post(
        address,
        {"instruction": "Phối hợp", "assignees": f"inform:user-{world.posts['colleague'].user_id}"},
    )

    assert (none.status_code, given.status_code) == (422, 303)
    assert "Hãy chọn ít nhất một đơn vị hoặc cá nhân." in none.content.decode()
    assert "Lê Minh Đức" in text_of(leader, f"/van-ban-den/{document}/")
