"""Copy the chosen front-end files from node_modules to where Django serves them. No bundler.

Usage: copy_front_end.py [NODE_MODULES [TARGET]]. The target folder is replaced as a whole.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/vanthu/interfaces/web/static/vendor"

#: Files, or folders as a whole, in node_modules → their place below `vendor/`.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "tabler-icons/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "tabler-icons/fonts/tabler-icons.woff2",
    "@fontsource/be-vietnam-pro/LICENSE": "be-vietnam-pro/LICENSE",
    "pdfjs-dist/LICENSE": "pdfjs/LICENSE",
    "pdfjs-dist/build/pdf.min.mjs": "pdfjs/pdf.min.mjs",
    "pdfjs-dist/build/pdf.worker.min.mjs": "pdfjs/pdf.worker.min.mjs",
    "pdfjs-dist/web/pdf_viewer.mjs": "pdfjs/pdf_viewer.mjs",
    "pdfjs-dist/web/pdf_viewer.css": "pdfjs/pdf_viewer.css",
    "pdfjs-dist/web/images": "pdfjs/images",
    # Fonts that a PDF names without embedding, and their character maps.
    "pdfjs-dist/cmaps": "pdfjs/cmaps",
    "pdfjs-dist/standard_fonts": "pdfjs/standard_fonts",
    # Scans: JPEG 2000 and JBIG2; colours.
    "pdfjs-dist/wasm": "pdfjs/wasm",
    "pdfjs-dist/iccs": "pdfjs/iccs",
}
FONT = "@fontsource/be-vietnam-pro"
FONT_WEIGHTS = (400, 500, 600, 700)
FONT_SUBSETS = ("latin", "vietnamese")

_SOURCE_MAP = re.compile(rb"\n?(/\*|//)# sourceMappingURL=\S+?(\s*\*/)?\s*$")
_OLDER_FONT_FORMATS = re.compile(rb',\s*url\([^)]*\.(?:woff|ttf)\?[^)]*\)\s*format\("[^"]*"\)')
_UNICODE_RANGE = re.compile(r"be-vietnam-pro-([a-z-]+)-\d00-normal \*/.*?unicode-range: ([^;]+);", re.DOTALL)


def copy(modules: Path, target: Path) -> None:
    """Fill `target` from `modules`. Raises FileNotFoundError when a package changed its layout."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, place in FILES.items():
        _copy_one(modules / source, fresh / place)
    _copy_font(modules / FONT, fresh / "be-vietnam-pro")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _copy_one(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, place)
    elif source.suffix in {".css", ".js", ".mjs"}:
        # Neither the maps nor the older fonts are served, so nothing may point at them.
        content = _SOURCE_MAP.sub(b"\n", source.read_bytes())
        place.write_bytes(_OLDER_FONT_FORMATS.sub(b"", content))
    else:
        shutil.copyfile(source, place)


def _copy_font(package: Path, folder: Path) -> None:
    """The weights in two subsets, a style sheet each (400.css, …): WOFF2 only, text shown while it loads."""
    folder.mkdir(parents=True, exist_ok=True)
    for weight in FONT_WEIGHTS:
        original = (package / f"{weight}.css").read_text(encoding="utf-8")
        ranges = dict(_UNICODE_RANGE.findall(original))
        rules = []
        for subset in FONT_SUBSETS:
            name = f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
            shutil.copyfile(package / "files" / name, folder / name)
            rules.append(
                '@font-face {\n  font-family: "Be Vietnam Pro";\n  font-style: normal;\n'
                f"  font-weight: {weight};\n  font-display: swap;\n"
                f'  src: url("{name}") format("woff2");\n  unicode-range: {ranges[subset]};\n}}\n'
            )
        (folder / f"{weight}.css").write_text("\n".join(rules), encoding="utf-8")


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    copy(*(given + [ROOT / "node_modules", TARGET][len(given) :]))
