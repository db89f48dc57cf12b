"""A measuring process: signing and checking on one core, and `openssl speed` of the same keys there."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import children
from benchmarks.certificates import Root, new_key
from benchmarks.letter import Letter
from vanthu.interfaces.cli.demo.tokens import KEY_LABEL, MODULE, Tokens
from vanthu.pdfsign import Pkcs11Signer

#: How openssl calls the keys; in this order its figures come.
ALGORITHMS = {"RSA-2048": "rsa2048", "RSA-3072": "rsa3072", "P-256": "ecdsap256"}
_SIZES = {"2048": "RSA-2048", "3072": "RSA-3072", "256": "P-256"}
_SPEED = re.compile(r"^\+F[24]:\d+:(\d+):([\d.]+):([\d.]+)$", re.MULTILINE)
_TOKEN, _PIN = "do-toc-do", "123456"
#: Processor seconds each act is repeated for, and how often at least.
_SECONDS, _LEAST = 2.0, 5


def prepare(job: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """`folder`: where files may lie. The answer: acts per processor second, and openssl's own."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return lambda: _measure(Path(job["folder"]))


def _measure(folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        letter = Letter(Path(name), Root())
        letter.prepare()
        signing = {algorithm: _sign(letter, algorithm) for algorithm in ALGORITHMS}
        token = _sign_in_token(letter)
        person, agency = (letter.root.signer(who, new_key("RSA-2048")) for who in ("Người ký", "Cơ quan"))
        letter.sign(person)
        sealing = _per_second(lambda: letter.seal(agency))
        five = letter.folder / "sealed.pdf"
        size = five.stat().st_size
        checking = 2 * _per_second(letter.checker(five, 2))
        for number in range(1, 4):
            five = letter.copy(five, agency, number)
        return {
            "signing": signing,
            "token": token,
            "sealing": sealing,
            "checking": checking,
            "five": 1 / _per_second(letter.checker(five, 5)),
            "size": size,
            "openssl": _openssl(),
        }


def _sign(letter: Letter, algorithm: str) -> float:
    signer = letter.root.signer("Người ký", new_key(algorithm))
    return _per_second(lambda: letter.sign(signer))


def _sign_in_token(letter: Letter) -> float:
    folder = letter.folder / "tokens"
    folder.mkdir()
    public = Tokens(folder, pin=_PIN, security_officer_pin="87654321").create([_TOKEN], bits=2048)[_TOKEN]
    signer = Pkcs11Signer(
        module=Path(MODULE),
        token_label=_TOKEN,
        key_label=KEY_LABEL,
        pin=_PIN,
        certificate=letter.root.certify("Người ký", public),
        chain=[letter.root.certificate],
    )
    return _per_second(lambda: letter.sign(signer))


def _per_second(act: Callable[[], object]) -> float:
    """How often per processor second: on a busy machine a wall clock would count the others' work too."""
    act()
    done, began = 0, time.process_time()
    while done < _LEAST or time.process_time() < began + _SECONDS:
        act()
        done += 1
    return done / (time.process_time() - began)


def _openssl() -> dict[str, tuple[float, float]]:
    """Signatures made and checked per processor second by each algorithm; openssl counts those alone."""
    said = children.run(["/usr/bin/openssl", "speed", "-mr", "-seconds", "1", *ALGORITHMS.values()])
    return {_SIZES[size]: (float(made), float(checked)) for size, made, checked in _SPEED.findall(said)}


if __name__ == "__main__":
    children.answer(prepare)
