"""Small packages, sound and broken, for tests that import them."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

MANIFEST = """<manifest identifier="m" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schemaversion>1.2</schemaversion></metadata>
<organizations><organization identifier="o"><title>{title}</title>
<item identifier="i" identifierref="r"><title>I</title></item></organization></organizations>
<resources><resource identifier="r" adlcp:scormtype="sco" href="a.html"/></resources>
</manifest>"""


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", method) as zipped:
        for path, content in files.items():
            zipped.writestr(path, content)
    return written.getvalue()


def package(title: str = "Tides", **files: bytes) -> bytes:
    """A sound SCORM 1.2 package with one page."""
    manifest = MANIFEST.format(title=title).encode()
    return packed({"imsmanifest.xml": manifest, "a.html": b"<p>Hello", **files})


PDF = b"%PDF-1.7\n%\xe2\xe3\n"
MP3 = b"ID3\x04\x00" + bytes(64)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(64)
