"""Packages that the sandbox writes, and real ones that others wrote, read by the same parser."""

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from sandbox.academy import Academy, Course
from sandbox.packages import (
    Activity,
    Metadata,
    PackageError,
    ParsedPackage,
    Standard,
    generate,
    parse,
)
from tests.sandbox.specs import shared

UNWRITTEN = (Standard.SCORM11, Standard.LTI13, Standard.UNKNOWN)
WRITTEN = [standard for standard in Standard if standard not in UNWRITTEN]
WITH_LOM = [each for each in WRITTEN if each is Standard.SCORM12 or each.is_scorm_2004]
ROOTED = [standard for standard in WRITTEN if standard is not Standard.XAPI]


@pytest.fixture(scope="module")
def courses(academy: Academy) -> tuple[Course, ...]:
    return academy.campus("scormcloud").courses


def long(courses: tuple[Course, ...]) -> Course:
    return max(courses, key=lambda course: len(course.lessons))


def sample(name: str) -> bytes:
    path: Path = shared() / "contracts" / "scorm_packages" / name
    if not path.exists():
        pytest.skip(f"{path} is not there: set COURSEGRAPH_SHARED to where the contracts are")
    return path.read_bytes()


def leaf_titles(package: ParsedPackage) -> list[str]:
    return [leaf.title for leaf in package.root.leaves()]


@pytest.mark.parametrize("standard", WRITTEN)
def test_every_course_survives_being_packed_and_read(
    courses: tuple[Course, ...], standard: Standard
) -> None:
    for course in courses:
        package = parse(generate(course, standard))

        assert package.standard is standard
        assert package.title == course.title
        assert package.warnings == ()
        assert leaf_titles(package) == (
            [lesson.title for lesson in course.lessons] or [course.title]
        )


@pytest.mark.parametrize("standard", WRITTEN)
def test_a_package_is_the_same_bytes_whenever_it_is_built(
    courses: tuple[Course, ...], standard: Standard
) -> None:
    assert generate(courses[0], standard) == generate(courses[0], standard)


@pytest.mark.parametrize("standard", WRITTEN)
def test_everything_that_can_be_launched_is_in_the_package(
    courses: tuple[Course, ...], standard: Standard
) -> None:
    package = parse(generate(long(courses), standard))

    paths = {file.path for file in package.files}
    launched = {each.href for each in _all(package.root) if each.href}
    assert launched and launched <= paths


@pytest.mark.parametrize("standard", ROOTED)
def test_a_long_course_comes_in_sections(courses: tuple[Course, ...], standard: Standard) -> None:
    root = parse(generate(long(courses), standard)).root

    assert [child.title for child in root.children] == ["First Steps", "Going Further"]
    assert {child.kind for child in root.children} == {"AGGREGATION"}


@pytest.mark.parametrize("standard", ROOTED)
def test_a_test_carries_its_passing_score_and_nothing_else_does(
    courses: tuple[Course, ...], standard: Standard
) -> None:
    course = next(
        each for each in courses if {"quiz", "video"} <= {lesson.kind for lesson in each.lessons}
    )

    leaves = list(parse(generate(course, standard)).root.leaves())
    scores = [leaf.scaled_passing_score for leaf in leaves]
    assert scores == ["0.8" if lesson.kind == "quiz" else None for lesson in course.lessons]


@pytest.mark.parametrize("standard", WITH_LOM)
def test_metadata_says_what_the_course_says(
    courses: tuple[Course, ...], standard: Standard
) -> None:
    course = next(
        each for each in courses if each.localizations and each.minutes and each.description
    )
    course = replace(course, languages=("en_GB", "cy_GB"), minutes=75)

    package = parse(generate(course, standard))

    assert package.metadata == Metadata(
        title=course.title,
        title_language="en-GB",
        description=course.description,
        description_language="en-GB",
        duration="PT1H15M",
        typical_time="PT1H15M",
        keywords=course.tags,
    )
    others = [each.language.replace("_", "-") for each in course.localizations]
    assert set(package.languages) == {"en-GB", "cy-GB", *others}


def test_a_document_is_an_asset_and_a_film_is_not(courses: tuple[Course, ...]) -> None:
    kinds = {
        leaf.title: leaf.kind
        for leaf in parse(generate(_with_kinds(courses[0]), Standard.SCORM12)).root.leaves()
    }

    assert kinds == {"Paper": "ASSET", "Film": "SCO"}


def test_metadata_without_anything_in_it_is_false(courses: tuple[Course, ...]) -> None:
    undescribed = replace(courses[0], description=None)

    assert not parse(generate(undescribed, Standard.AICC)).metadata
    assert parse(generate(courses[0], Standard.AICC)).metadata


def test_characters_that_xml_and_csv_take_for_their_own_come_through(
    courses: tuple[Course, ...],
) -> None:
    title = 'Salt & Pepper: "hot" <and> Čaj, 茶 – at 50%'
    course = replace(courses[0], title=title)

    for standard in WRITTEN:
        assert parse(generate(course, standard)).title == title


@pytest.mark.parametrize("standard", UNWRITTEN)
def test_nothing_writes_scorm_1_1_nor_what_has_no_package(
    courses: tuple[Course, ...], standard: Standard
) -> None:
    with pytest.raises(ValueError, match="can't be written"):
        generate(courses[0], standard)


def test_a_real_scorm_1_2_package_is_read() -> None:
    package = parse(sample("scorm12-single-sco-golf.zip"))

    assert package.standard is Standard.SCORM12
    assert package.identifier == "com.scorm.golfsamples.contentpackaging.singlesco.12"
    assert package.title == "Golf Explained - CP Single SCO"
    assert package.root == Activity(
        "golf_sample_default_org",
        "golf_sample_default_org",
        "",
        "AGGREGATION",
        "Golf Explained - CP Single SCO",
        children=(
            Activity(
                "item_1",
                "item_1",
                "resource_1",
                "SCO",
                "Golf Explained",
                "shared/launchpage.html",
            ),
        ),
    )
    assert not package.metadata
    assert package.warnings == ()


def test_a_real_scorm_2004_package_is_read_with_the_metadata_beside_its_manifest() -> None:
    package = parse(sample("scorm2004-3rd-metadata-golf.zip"))

    assert package.standard is Standard.SCORM2004_3RD
    assert package.metadata.title == "Golf Explained"
    assert package.metadata.title_language == "en-US"
    assert package.metadata.duration == package.metadata.typical_time == "PT10M"
    assert package.metadata.keywords == ("golf", "golf etiquette", "golf handicap")
    assert package.metadata.description is not None
    assert package.metadata.description.startswith("A high level overview of the sport of golf.")
    assert package.languages == ("en", "en-US", "es")


def test_a_real_aicc_package_is_read() -> None:
    package = parse(sample("aicc-single-au.zip"))

    assert package.standard is Standard.AICC
    assert package.title == "UniversitySite AICC Testing Tool"
    assert package.root.children == (Activity("A1", "A1", "A1", "SCO", "Title", "default.htm"),)
    assert package.metadata.description == "Descriptive Text"


def test_a_real_cmi5_package_is_read() -> None:
    package = parse(sample("cmi5-multi-au-geology.zip"))

    assert package.standard is Standard.CMI5
    assert package.title == "Introduction to Geology - Multi AU at Root"
    assert len(package.root.children) == 8
    assert package.root.children[-1].href == "index.html?pages=quiz&complete=quiz"
    assert package.languages == ("en-US",)
    assert package.warnings == ()


def test_an_empty_package_is_refused() -> None:
    with pytest.raises(PackageError, match="The zip archive is empty"):
        parse(sample("broken-empty.zip"))


def _all(activity: Activity) -> list[Activity]:
    return [activity, *(below for child in activity.children for below in _all(child))]


def _with_kinds(course: Course) -> Course:
    lesson = course.lessons[0]
    return replace(
        course,
        lessons=(
            replace(lesson, number=1, title="Paper", kind="document"),
            replace(lesson, number=2, title="Film", kind="video"),
        ),
    )


def test_the_pages_of_a_package_belong_together(courses: tuple[Course, ...]) -> None:
    archive = zipfile.ZipFile(BytesIO(generate(courses[0], Standard.SCORM12)))

    page = next(name for name in archive.namelist() if name.startswith("lessons/"))
    html = archive.read(page).decode()
    assert "../shared/style.css" in html and "shared/style.css" in archive.namelist()
    assert archive.read("shared/crest.png").startswith(b"\x89PNG\r\n\x1a\n")
