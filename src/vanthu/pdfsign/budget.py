"""How much work one file may cost: steps that are counted, not seconds, so that every machine says the same.

A step is about what following one reference of a PDF takes. Whoever walks over something a stranger made
spends from a budget; when it is used up the walk ends in TooComplex, and the verdict says what is not judged.
The numbers stand together here, each several times what honest files were seen to need (docs/adr/0022).
"""

from __future__ import annotations

from vanthu.pdfsign.errors import TooComplex

#: References followed in one file for one question.
FILE_STEPS = 500_000
#: What judging the changes after one signature may cost, and after all those of a file together.
SIGNATURE_STEPS, SIGNATURES_STEPS = 2_000_000, 10_000_000
#: Signatures of one file that are judged at all.
SIGNATURES = 100
#: Objects named in all cross-reference tables of a file together, and tables: revisions.
OBJECTS, REVISIONS = 400_000, 1_000
#: Pages of a file.
PAGES = 20_000
#: Bytes of PDF syntax read, streams apart: 20,000 pages of two thousand bytes.
SYNTAX_BYTES = 40 * 1024 * 1024
#: Bytes PDFium may have to unpack for the pages looked at, and as many to interpret: this, and so many times
#: the size of the file.
UNPACKED_BYTES, UNPACKED_TIMES = 64 * 1024 * 1024, 16
#: Letters on one page, and separate areas of text; a page set solid in the smallest type has 20,000.
LETTERS, AREAS = 100_000, 10_000
#: Certificates that come with one signature, and signatures of certificates tried to find who vouches.
CERTIFICATES, CERTIFICATE_CHECKS = 300, 400


class Budget:
    """Steps that may still be taken."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps. Raises TooComplex when there are not so many left, then and ever after."""
        self.left -= steps
        if self.left < 0:
            raise TooComplex
