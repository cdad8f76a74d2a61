"""What the parser says to packages that are hostile, broken, or merely careless."""

import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.academy import Academy
from sandbox.packages import PackageError, ParsedPackage, Standard, archive, generate, parse
from sandbox.packages.model import MAX_FINDINGS

UNWRITTEN = (Standard.SCORM11, Standard.LTI13, Standard.UNKNOWN)
WRITTEN = [standard for standard in Standard if standard not in UNWRITTEN]
MANIFEST = """<manifest identifier="m" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schemaversion>1.2</schemaversion></metadata>
<organizations{default}><organization identifier="o"><title>T</title>{items}</organization>
</organizations><resources>{resources}</resources></manifest>"""
ITEM = '<item identifier="i" identifierref="r"><title>I</title></item>'
RESOURCE = '<resource identifier="r" adlcp:scormtype="sco" href="a.html"/>'


def manifest(items: str = ITEM, resources: str = RESOURCE, default: str = "") -> bytes:
    return MANIFEST.format(items=items, resources=resources, default=default).encode()


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", method) as zipped:
        for path, content in files.items():
            zipped.writestr(path, content)
    return written.getvalue()


def read(files: Mapping[str, bytes]) -> ParsedPackage:
    return parse(packed(files))


def refused(data: bytes) -> str:
    with pytest.raises(PackageError) as caught:
        parse(data)
    return str(caught.value)


def test_what_is_no_zip_is_refused() -> None:
    assert refused(b"") == "The file is not a readable zip archive."
    assert refused(b"<html>") == "The file is not a readable zip archive."


def test_a_zip_without_a_manifest_is_refused() -> None:
    assert refused(packed({"a.html": b""})) == (
        "The zip archive holds no imsmanifest.xml, cmi5.xml, tincan.xml or .crs file at its top."
    )


def test_a_manifest_in_a_folder_is_refused_with_the_cure() -> None:
    text = refused(packed({"course/imsmanifest.xml": manifest()}))

    assert text.startswith("course/imsmanifest.xml is not at the top of the zip archive")


@pytest.mark.parametrize(
    "path", ["../evil.html", "/etc/passwd", "a/../../evil", "C:/evil", "..\\evil.html"]
)
def test_paths_that_leave_the_package_are_refused(path: str) -> None:
    text = refused(packed({"imsmanifest.xml": manifest(), "a.html": b"", path: b""}))

    assert text.startswith("The zip archive holds a path that leaves it")


def test_a_symbolic_link_is_refused() -> None:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        link = zipfile.ZipInfo("link")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        zipped.writestr(link, "/etc/passwd")

    assert refused(written.getvalue()) == "The zip archive holds a symbolic link: link"


def test_an_encrypted_package_is_refused() -> None:
    data = bytearray(packed({"imsmanifest.xml": manifest()}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1

    assert refused(bytes(data)) == "The zip archive is encrypted: imsmanifest.xml"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = packed({"imsmanifest.xml": manifest(), "b": bytes(60_000_000)}, zipfile.ZIP_DEFLATED)

    assert refused(data) == "The zip archive unpacks to more than is allowed."


def test_a_file_that_is_larger_than_it_says_is_refused() -> None:
    data = bytearray(
        packed({"imsmanifest.xml": manifest(), "b": bytes(5_000)}, zipfile.ZIP_DEFLATED)
    )
    at = data.rindex(b"PK\x01\x02") + 24
    assert data[at : at + 4] == struct.pack("<I", 5_000)
    data[at : at + 4] = struct.pack("<I", 10)

    assert refused(bytes(data)) == "b is damaged or compressed in an unknown way."


def test_a_document_that_goes_on_behind_its_size_is_cut_off_there() -> None:
    """Size and checksum are of the first bytes, and what is packed behind them is a bomb."""
    head = b"<manifest>" + b" " * 90
    data = bytearray(packed({"imsmanifest.xml": head + bytes(30_000_000)}, zipfile.ZIP_DEFLATED))
    at = data.rindex(b"PK\x01\x02")
    data[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(head))
    data[at + 24 : at + 28] = struct.pack("<I", len(head))

    tracemalloc.start()
    try:
        text = refused(bytes(data))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert text.startswith("imsmanifest.xml is not well-formed XML")
    assert peak < 10_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_are_unpacked_without_a_bound_are_refused(method: int) -> None:
    data = packed({"imsmanifest.xml": manifest(), "a.html": b"<p>"}, method)

    assert refused(data) == "imsmanifest.xml is damaged or compressed in an unknown way."


def test_files_that_lie_over_each_other_are_refused() -> None:
    data = bytearray(packed({"imsmanifest.xml": manifest(), "a.html": bytes(2_000)}))
    first = data.index(b"PK\x01\x02")
    data[first + 20 : first + 28] = struct.pack("<II", len(data), len(data))

    assert refused(bytes(data)) == "The zip archive holds files that lie over each other."


def test_a_table_of_contents_without_end_is_not_taken_in() -> None:
    data = packed({f"{'x' * 60_000}{number}": b"" for number in range(80)})

    assert refused(data) == "The file is not a readable zip archive."


def test_a_structure_of_blocks_that_goes_down_for_ever_is_refused() -> None:
    blocks = "".join(f'"B{number}","B{number + 1}"\n' for number in range(5_000))
    text = refused(
        packed(
            {
                "c.crs": b"[Course]\nCourse_Title=Deep\n",
                "c.au": b'"system_id","file_name"\n"A1","a.html"\n',
                "c.cst": f'"block","member"\n"ROOT","B0"\n{blocks}'.encode(),
            }
        )
    )

    assert text == "The structure nests more than 100 levels deep."


def test_a_hundred_thousand_faults_are_summed_up() -> None:
    files = "".join(f'<file href="f{number}"/>' for number in range(100_000))
    resources = f'<resource identifier="r" adlcp:scormtype="sco" href="a.html">{files}</resource>'

    package = read({"imsmanifest.xml": manifest(resources=resources), "a.html": b""})

    assert len(package.warnings) == MAX_FINDINGS + 1
    assert package.warnings[-1] == "There is more that is not as it should be."


def test_a_manifest_has_a_largest_size() -> None:
    data = packed({"imsmanifest.xml": manifest() + b" " * archive.MAX_DOCUMENT_BYTES})

    assert refused(data) == "imsmanifest.xml is larger than 4194304 bytes."


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 3)

    assert refused(packed({str(number): b"" for number in range(4)})) == (
        "The zip archive holds more than 3 files."
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_there_twice_is_refused() -> None:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        zipped.writestr("a", "1")
        zipped.writestr("a", "2")

    assert refused(written.getvalue()) == "The zip archive holds a twice."


def test_entities_are_refused() -> None:
    laughs = b'<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><manifest>&b;</manifest>'
    outside = b'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><manifest>&x;</manifest>'

    for document in (laughs, outside):
        text = refused(packed({"imsmanifest.xml": document}))
        assert text == "imsmanifest.xml declares entities, which are not allowed."


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "is not well-formed XML"),
        (b"<manifest>", "is not well-formed XML"),
        (b"<html/>", "has no <manifest> at its top"),
        (b"<manifest/>", "The manifest has no <organization>"),
        (b'<?xml version="1.0" encoding="klingon"?><manifest/>', "unknown encoding"),
        (b"<manifest>" + b"<a>" * 200 + b"</a>" * 200 + b"</manifest>", "levels deep"),
    ],
)
def test_a_broken_manifest_is_refused_with_the_reason(document: bytes, said: str) -> None:
    assert said in refused(packed({"imsmanifest.xml": document}))


def test_a_manifest_of_another_encoding_is_read() -> None:
    document = '<?xml version="1.0" encoding="utf-16"?>' + manifest().decode()

    assert read({"imsmanifest.xml": document.encode("utf-16"), "a.html": b""}).title == "T"


@pytest.mark.parametrize(
    ("files", "warning"),
    [
        (
            {"imsmanifest.xml": manifest()},
            "The file a.html is named in the manifest but missing from the package.",
        ),
        (
            {"imsmanifest.xml": manifest(resources=""), "a.html": b""},
            "The item 'i' has no resource to launch.",
        ),
        (
            {"imsmanifest.xml": manifest(items=ITEM * 2), "a.html": b""},
            "The identifier 'i' is used by more than one item.",
        ),
        (
            {"imsmanifest.xml": manifest(resources=RESOURCE * 2), "a.html": b""},
            "The resource 'r' is declared twice; the first one is used.",
        ),
        (
            {"imsmanifest.xml": manifest(default=' default="x"'), "a.html": b""},
            "The default organization 'x' does not exist; the first one is used.",
        ),
        (
            {"imsmanifest.xml": manifest().replace(b">1.2<", b">one<"), "a.html": b""},
            "The schemaversion 'one' is unknown; read as SCORM12.",
        ),
    ],
)
def test_what_a_reader_got_over_is_a_warning(files: Mapping[str, bytes], warning: str) -> None:
    package = read(files)

    assert package.warnings == (warning,)
    assert package.title == "T"


def test_parameters_bases_and_case_lead_to_the_file_that_is_meant() -> None:
    item = '<item identifier="i" identifierref="r" parameters="?p=1"><title>I</title></item>'
    resources = (
        '<resource identifier="r" adlcp:scormtype="sco" xml:base="Folder/" href="A%20b.HTML"/>'
    )

    package = read({"imsmanifest.xml": manifest(item, resources), "Folder/a b.html": b""})

    assert package.root.children[0].href == "Folder/A%20b.HTML?p=1"
    assert package.warnings == ()


def test_an_address_of_no_form_at_all_leads_nowhere() -> None:
    resources = '<resource identifier="r" adlcp:scormtype="sco" href="http://["/>'

    package = read({"imsmanifest.xml": manifest(ITEM, resources)})

    assert package.root.children[0].href == "http://["


@pytest.mark.parametrize("path", [".", "./.", "\0"])
def test_a_file_without_a_name_is_refused(path: str) -> None:
    # zipfile writes no name with a zero in it, so it is put there afterwards.
    place = "?" * len(path)
    data = packed({"imsmanifest.xml": manifest(), "a.html": b"", place: b""})

    text = refused(data.replace(place.encode(), path.encode()))

    assert text == "The zip archive holds a file without a name."


def test_an_aicc_structure_that_goes_in_circles_is_read_once() -> None:
    package = read(
        {
            "c.crs": b"[Course]\r\nCourse_Title=Round\r\nCourse_ID=1\r\n",
            "c.au": b'"system_id","file_name"\r\n"A1","a.html"\r\n',
            "c.cst": b'"block","member"\r\n"ROOT","B1"\r\n"B1","B1"\r\n',
            "a.html": b"",
        }
    )

    assert [child.item_identifier for child in package.root.children] == ["B1"]
    assert package.warnings == ("The structure names 'B1' more than once.",)


def test_an_aicc_course_without_a_structure_has_its_units_at_the_top() -> None:
    package = read(
        {
            "c.crs": "[Course]\nCourse_Title=Caf\xe9\n".encode("latin-1"),
            "c.au": b'"system_id","file_name"\n"A1","a.html"\n"A2","b.html"\n',
            "a.html": b"",
            "b.html": b"",
        }
    )

    assert package.title == "Café"
    assert [child.href for child in package.root.children] == ["a.html", "b.html"]


def test_an_aicc_course_without_units_is_refused() -> None:
    assert "assignable units" in refused(packed({"c.crs": b"[Course]\nCourse_Title=T\n"}))


@pytest.mark.parametrize(
    ("name", "document", "said"),
    [
        ("cmi5.xml", b"<courseStructure/>", "has no <courseStructure> with a <course>"),
        ("cmi5.xml", b'<courseStructure><course id="c"/></courseStructure>', "assignable unit"),
        ("tincan.xml", b"<tincan/>", "names no activity with a <launch>"),
    ],
)
def test_xapi_packages_with_nothing_to_launch_are_refused(
    name: str, document: bytes, said: str
) -> None:
    assert said in refused(packed({name: document}))


@cache
def written(standard: Standard) -> bytes:
    return generate(Academy().campus("scormcloud").courses[2], standard)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_damage_anywhere_is_a_package_error_or_nothing(data: st.DataObject) -> None:
    whole = written(data.draw(st.sampled_from(WRITTEN)))
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    try:
        assert parse(bytes(damaged)).files
    except PackageError as error:
        assert str(error)
