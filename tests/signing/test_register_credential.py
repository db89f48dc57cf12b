"""Certificates are registered by the agency's administrator, one in force per person and per agency."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from tests import path
from tests.keys import KeyRing
from tests.traces import audited, nothing_changed
from tests.world import NOW, World
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.organizations.operations import UnknownPerson
from vanthu.signing import actions, queries
from vanthu.signing.actions import CertificateRefused
from vanthu.signing.models import Credential


def _register(world: World, keys: KeyRing, who: str = "administrator", **changes: Any) -> UUID:
    credential = keys.pki.credential("leader")
    told: dict[str, Any] = {
        "actor": world.actor(who),
        "agency_id": world.department.id,
        "user_id": world.leader.user_id,
        "token_label": credential.token_label,
        "key_label": credential.key_label,
        "certificate_pem": credential.certificate.read_text(),
        "chain_pem": credential.chain[0].read_text(),
        "image": path.stored(credential.image.read_bytes(), "a.png").blob,
        "now": NOW,
    }
    return actions.register_credential(**told | changes)


class TestRegisterCredential:
    @pytest.mark.parametrize(
        "who", ["outsider_administrator", "officer", "clerk", "head", "leader", "archivist"]
    )
    def test_is_refused_to(self, world: World, keys: KeyRing, who: str) -> None:
        with nothing_changed(), pytest.raises(NotAllowed):
            _register(world, keys, who)

    def test_keeps_the_certificate_and_its_term(self, world: World, keys: KeyRing) -> None:
        credential = Credential.objects.get(id=_register(world, keys))

        assert (credential.kind, credential.user_id) == ("person", world.leader.user_id)
        assert "Phạm Văn Hùng" in credential.subject
        # The demo's certificates are made by the machine's own clock.
        assert credential.valid_from < timezone.now() < credential.valid_until
        [(action, who, data)] = audited(credential.id)
        assert (action, who) == ("signing.credential-registered", world.administrator.label)
        assert set(data) == {"subject", "fingerprint"}

    def test_withdraws_the_one_before(self, world: World, keys: KeyRing) -> None:
        first, second = _register(world, keys), _register(world, keys)

        assert Credential.objects.get(id=first).withdrawn_at == NOW
        assert Credential.objects.get(id=second).withdrawn_at is None

    def test_leaves_the_agencys_own_alone(self, world: World, keys: KeyRing) -> None:
        agencys = _register(world, keys, user_id=None)
        _register(world, keys)

        found = Credential.objects.get(id=agencys)
        assert (found.kind, found.withdrawn_at) == ("agency", None)

    @pytest.mark.parametrize("field", ["certificate_pem", "chain_pem"])
    def test_is_refused_for_what_is_no_certificate(self, world: World, keys: KeyRing, field: str) -> None:
        with nothing_changed(), pytest.raises(CertificateRefused):
            _register(world, keys, **{field: "không phải chứng thư"})

    def test_is_refused_for_somebody_of_another_agency(self, world: World, keys: KeyRing) -> None:
        with nothing_changed(), pytest.raises(UnknownPerson):
            _register(world, keys, user_id=world.outsider_leader.user_id)

    def test_is_refused_for_an_agency_that_is_not_here(self, world: World, keys: KeyRing) -> None:
        for agency_id in (uuid4(), world.remote.id):
            with nothing_changed(), pytest.raises(NotFound):
                _register(world, keys, agency_id=agency_id)


class TestHolders:
    def test_are_the_agencys_own_whose_certificate_has_not_run_out(self, world: World, keys: KeyRing) -> None:
        now = timezone.now()
        _register(world, keys)
        _register(world, keys, user_id=None)

        assert queries.holders(world.machine, now=now) == {world.leader.user_id, None}
        assert queries.holders(world.outsider, now=now) == set()

        Credential.objects.filter(user=None).update(valid_until=now)
        assert queries.holders(world.machine, now=now) == {world.leader.user_id}
