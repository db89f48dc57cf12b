"""Word texts with what their printed page does not show: changes, comments, hidden text, fields."""

from __future__ import annotations

import io
import zipfile

from tests.documents import papers

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?><w:%s xmlns:w="{WORD}">'
_BY = 'w:id="1" w:author="Lê Thị Bình" w:date="2026-01-01T00:00:00Z"'


def docx(body: str, **parts: str) -> bytes:
    """A Word text of this body; `parts`: the content of others (comments, styles…) by name."""
    base = papers.docx_parts(body)
    relations = "".join(
        f'<Relationship Id="p{number}" Target="{name}.xml" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind(name)}"/>'
        for number, name in enumerate(parts)
    )
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    base["word/_rels/document.xml.rels"] = f"{head}{relations}</Relationships>"
    for name, content in parts.items():
        root = {"header1": "hdr", "footer1": "ftr"}.get(name, name)
        base[f"word/{name}.xml"] = f"{_HEAD % root}{content}</w:{root}>"
        override = (
            f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.'
            f'openxmlformats-officedocument.wordprocessingml.{kind(name)}+xml"/></Types>'
        )
        base["[Content_Types].xml"] = base["[Content_Types].xml"].replace("</Types>", override)
    return papers.zipped(base)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The same file with other bytes in the place of one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return out.getvalue()


def kind(name: str) -> str:
    """What a part is, by its name."""
    return name.rstrip("0123456789")


def p(*runs: str, properties: str = "") -> str:
    """A paragraph."""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(runs)}</w:p>"


def r(text: str, properties: str = "", *, tag: str = "t") -> str:
    """A run of text."""
    own = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{own}<w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def inserted(*runs: str) -> str:
    """Runs somebody added."""
    return f"<w:ins {_BY}>{''.join(runs)}</w:ins>"


def deleted(text: str) -> str:
    """Text somebody took out."""
    return f"<w:del {_BY}>{r(text, tag='delText')}</w:del>"


def mark(deed: str) -> str:
    """Properties of a paragraph whose end somebody added (ins) or took out (del)."""
    return f"<w:rPr><w:{deed} {_BY}/></w:rPr>"


def former(name: str, properties: str, before: str) -> str:
    """Properties of a kind (rPr, pPr…) that somebody changed, with what they were."""
    return f"{properties}<w:{name}Change {_BY}><w:{name}>{before}</w:{name}></w:{name}Change>"


def field(instruction: str, *value: str) -> str:
    """A field and its value: runs, or none."""
    begin, separate, end = (
        f'<w:r><w:fldChar w:fldCharType="{each}"/></w:r>' for each in ("begin", "separate", "end")
    )
    code = r(f" {instruction} ", tag="instrText")
    return begin + code + (separate + "".join(value) if value else "") + end


def commented(text: str) -> str:
    """Text with comment 0 beside it."""
    return (
        f'<w:commentRangeStart w:id="0"/>{r(text)}<w:commentRangeEnd w:id="0"/>'
        '<w:r><w:commentReference w:id="0"/></w:r>'
    )


def comment(text: str) -> str:
    """The comment."""
    return f'<w:comment w:id="0" w:author="Lê Thị Bình">{p(r(text))}</w:comment>'
