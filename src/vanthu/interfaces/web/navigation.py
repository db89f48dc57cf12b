"""Where a person can go from the post they work from, and what waits for them there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse

from vanthu.exchange import queries as exchange
from vanthu.incoming import queries as incoming
from vanthu.kernel.actor import Actor
from vanthu.organizations.states import Role
from vanthu.outgoing import queries as outgoing
from vanthu.registers import queries as registers

#: Open work by area and tab.
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Work waiting under one tab of one list; a post with one of `roles` is shown it even when empty."""

    area: str
    tab: str
    label: str
    icon: str
    roles: frozenset[str]
    #: Whether it is counted person by person: then whoever has something in it is shown it too.
    is_personal: bool = False
    #: What to do with it, said when it is empty or short.
    hint: str = ""

    @property
    def url(self) -> str:
        """The list this queue is the first part of."""
        return f"{reverse(f'{self.area}:list')}?tab={self.tab}"


#: Queues in the order in which they are worked through.
QUEUES = (
    Queue(
        area="incoming",
        tab="arrived",
        label="Văn bản đến chờ tiếp nhận",
        icon="inbox",
        roles=frozenset({Role.RECORDS_CLERK}),
        hint="Kiểm tra chữ ký số rồi tiếp nhận, vào sổ hoặc trả lại",
    ),
    Queue(
        area="outgoing",
        tab="to_number",
        label="Chờ cấp số, đóng dấu",
        icon="rubber-stamp",
        roles=frozenset({Role.RECORDS_CLERK}),
        hint="Người có thẩm quyền đã ký",
    ),
    Queue(
        area="outgoing",
        tab="to_issue",
        label="Chờ phát hành",
        icon="send",
        roles=frozenset({Role.RECORDS_CLERK}),
        hint="Đã có số và dấu, chờ gửi đi",
    ),
    Queue(
        area="outgoing",
        tab="awaiting_signature",
        label="Chờ ký",
        icon="signature",
        roles=frozenset({Role.LEADER}),
        is_personal=True,
        hint="Nội dung đã được duyệt",
    ),
    Queue(
        area="incoming",
        tab="to_direct",
        label="Chờ chỉ đạo",
        icon="directions",
        roles=frozenset({Role.LEADER}),
        hint="Văn thư đã vào sổ và trình bạn, hoặc chưa trình ai",
    ),
    Queue(
        area="outgoing",
        tab="reviewing",
        label="Chờ duyệt nội dung",
        icon="checklist",
        roles=frozenset({Role.UNIT_HEAD}),
        is_personal=True,
        hint="Dự thảo của đơn vị",
    ),
    Queue(
        area="incoming",
        tab="mine",
        label="Việc được giao",
        icon="briefcase",
        roles=frozenset({Role.OFFICER, Role.UNIT_HEAD, Role.LEADER}),
        is_personal=True,
        hint="Văn bản đến giao cho tôi xử lý",
    ),
    Queue(
        area="outgoing",
        tab="returned",
        label="Bị trả lại",
        icon="mail-x",
        roles=frozenset({Role.RECORDS_CLERK}),
        is_personal=True,
        hint="Văn bản đã phát hành mà nơi nhận trả lại hoặc Trục liên thông từ chối",
    ),
    Queue(
        area="outgoing",
        tab="my_drafts",
        label="Dự thảo của tôi",
        icon="pencil",
        roles=frozenset({Role.OFFICER, Role.UNIT_HEAD}),
        is_personal=True,
        hint="Đang soạn hoặc được trả lại để sửa",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the navigation."""

    label: str
    short_label: str
    url: str
    icon: str
    #: The key pressed after G.
    go_key: str = ""
    is_current: bool = False
    count: int = 0
    is_hot: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading; the first group has none."""

    title: str
    entries: list[Entry] = field(default_factory=list)


def queues_for(actor: Actor, counts: Counts) -> list[Queue]:
    """The queues of the actor: those of the post, and those in which something waits for this person."""
    return [
        queue
        for queue in QUEUES
        if queue.roles & actor.roles or (queue.is_personal and counts[queue.area].get(queue.tab))
    ]


def default_tab(area: str, actor: Actor, counts: Counts, *, otherwise: str) -> str:
    """The tab a list opens on: the person's first queue in it."""
    return next((queue.tab for queue in queues_for(actor, counts) if queue.area == area), otherwise)


def says_state(area: str, tab: str) -> bool:
    """Whether a tab says in what state all its documents are, so that its rows need not say it again."""
    tabs = incoming.TABS if area == "incoming" else outgoing.TABS
    return tab == "returned" or len(tabs.get(tab, tabs["all"])) == 1


def _everyone(actor: Actor) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    label: str
    short_label: str
    icon: str
    go_key: str
    is_open_to: Callable[[Actor], bool] = _everyone
    #: The list whose queues are counted beside it; empty: not counted.
    area: str = ""


_DOCUMENT_PLACES = (
    _Place("incoming:list", "Văn bản đến", "Đến", "file-download", "D", area="incoming"),
    _Place("outgoing:list", "Văn bản đi", "Đi", "file-upload", "I", area="outgoing"),
    _Place("outgoing:draft", "Soạn văn bản", "Soạn", "pencil-plus", "S", outgoing.can_draft),
    _Place("registers:list", "Sổ đăng ký", "Sổ", "book-2", "K", registers.can_read),
)


def navigation(actor: Actor, *, counts: Counts, path: str) -> list[Group]:
    """The navigation of the actor on the page `path`."""
    mine = [(queue, counts[queue.area].get(queue.tab, 0)) for queue in queues_for(actor, counts)]
    waiting = sum(count for _, count in mine)
    home = Entry(
        label="Việc của tôi",
        short_label="Việc",
        url=reverse("home:home"),
        icon="inbox",
        go_key="H",
        is_current=path == reverse("home:home"),
        count=waiting,
        is_hot=True,
    )
    places = [place for place in _DOCUMENT_PLACES if place.is_open_to(actor)]
    groups = [Group("", [home]), Group("Văn bản", _entries(places, mine, path))]
    if Role.ADMINISTRATOR in actor.roles:
        groups.append(Group("Quản trị", [_aside(actor, path)]))
    return groups


def _aside(actor: Actor, path: str) -> Entry:
    """What the machine could not finish: counted, for nobody else looks after it."""
    return Entry(
        label="Để riêng",
        short_label="Để riêng",
        url=reverse("aside:list"),
        icon="package-off",
        go_key="R",
        is_current=path.startswith(reverse("aside:list")),
        count=exchange.count_aside(actor),
    )


def _entries(places: list[_Place], mine: list[tuple[Queue, int]], path: str) -> list[Entry]:
    current = _current(places, path)
    return [
        Entry(
            label=place.label,
            short_label=place.short_label,
            url=reverse(place.name),
            icon=place.icon,
            go_key=place.go_key,
            is_current=place is current,
            count=sum(count for queue, count in mine if queue.area == place.area),
        )
        for place in places
    ]


def _current(places: list[_Place], path: str) -> _Place | None:
    """The place whose address begins `path` at the greatest length."""
    under = [place for place in places if path.startswith(reverse(place.name))]
    return max(under, key=lambda place: len(reverse(place.name)), default=None)
