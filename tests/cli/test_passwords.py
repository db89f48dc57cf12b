"""Temporary passwords: good ones, that can be read aloud."""

from __future__ import annotations

from vanthu.interfaces.cli.passwords import temporary_password
from vanthu.organizations import rules


class TestTemporaryPassword:
    def test_meets_the_rules_and_has_no_letters_taken_for_one_another(self) -> None:
        # `hay` is in one of some thousand passwords, so that chance alone would not keep it out.
        made = [temporary_password("hay") for _ in range(5000)]

        assert len(set(made)) == len(made)
        assert [each for each in made if rules.password_faults(each, username="hay")] == []
        assert not set("0Oo1Iil2Zz5Ss8B").intersection("".join(made))
