import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { Link } from "wouter";

import { useAsked } from "./asked";
import { Completions, CourseCompletions_course } from "./course-completions";
import { Cover } from "./cover";
import { type FragmentType, graphql, isFragmentReady, readFragment } from "./graph";
import type { CourseQuery } from "./graph/graphql";
import { Blank, Blanks, Page } from "./page";
import { SourceBadge } from "./source-badge";
import { Failure, Outdated, type Trouble, Troubles, isHopeless, troubles } from "./troubles";
import { STATUSES, begun, day, either, plain, span } from "./words";

const Course = graphql(`
  query Course($id: ID!) {
    course(id: $id) {
      id
      title
      description
      url
      ...CourseFacts_course
      categories {
        id
        name
      }
      skills {
        id
        name
      }
      instructors {
        id
        name
      }
      contents {
        id
        ...CourseContent_content
      }
      ...CourseCompletions_course @defer
    }
  }
`);

/** A course, with all that its source says of it. */
export function CoursePage({ id }: { id: string }) {
  const [{ data, error, fetching }, ask] = useAsked({ query: Course, variables: { id } });
  const again = () => ask({ requestPolicy: "network-only" });
  const course = data?.course;
  if (course) {
    return (
      <Page title={course.title} lead={course.description}>
        <Details course={course} error={error} again={again} />
      </Page>
    );
  }
  if (fetching) {
    return (
      <Page title={<Blank width="14ch" />} name="Course" lead={<Blank width="80%" />}>
        <BlankDetails />
      </Page>
    );
  }
  const failed = error && !isHopeless(error);
  return (
    <Page title={failed ? "Course" : "No such course"}>
      {failed ? <Failure error={error} again={again} /> : <Gone />}
    </Page>
  );
}

interface Details {
  course: NonNullable<CourseQuery["course"]>;
  error: CombinedError | undefined;
  again: () => void;
}

function Details({ course, error, again }: Details) {
  const told = (field: string) => ({ troubles: troubles(error, "course", field), again });
  const names = (["categories", "skills", "instructors"] as const).map((field) => (
    <Names key={field} title={begun(field)} rows={course[field]} {...told(field)} />
  ));
  // Undefined until they come, after the rest.
  const completions = isFragmentReady(Course, CourseCompletions_course, course)
    ? readFragment(CourseCompletions_course, course).completions
    : undefined;
  const toldOfCompletions = told("completions");
  return (
    <>
      <Outdated error={error} again={again} />
      <Cover title={course.title} />
      <Facts course={course} url={course.url} />
      <Unsaid course={{ ...course, completions }} error={error} />
      <div className="course">
        <aside>{names}</aside>
        <div>
          <Contents rows={course.contents} {...told("contents")} />
          {(completions !== null || toldOfCompletions.troubles.length > 0) && (
            <Section title="Completions">
              {completions === undefined ? (
                <Blanks count={6} />
              ) : (
                <Completions course={course.id} page={completions} {...toldOfCompletions} />
              )}
            </Section>
          )}
        </div>
      </div>
    </>
  );
}

interface Unsaid {
  course: Partial<Record<(typeof SECTIONS)[number], unknown>>;
  error: CombinedError | undefined;
}

const SECTIONS = ["contents", "completions", "categories", "skills", "instructors"] as const;

/** What the source says nothing of: null, where none would be an empty list. */
function Unsaid({ course, error }: Unsaid) {
  const unsaid = SECTIONS.filter(
    (field) => course[field] === null && !troubles(error, "course", field).length,
  );
  if (!unsaid.length) return null;
  return <p className="quiet">This source says nothing of {either(unsaid)}.</p>;
}

const CourseFacts_course = graphql(`
  fragment CourseFacts_course on Course {
    source {
      ...SourceBadge_source
    }
    status
    durationSeconds
    languages {
      code
      tag
    }
    startsOn
    endsOn
    tags
  }
`);

interface Facts {
  course: FragmentType<typeof CourseFacts_course>;
  url: string | null;
}

function Facts(props: Facts) {
  const course = readFragment(CourseFacts_course, props.course);
  const { status, durationSeconds, languages, startsOn, endsOn, tags } = course;
  return (
    <p className="facts">
      <SourceBadge source={course.source} />
      {status && <span className="tag">{STATUSES[status]}</span>}
      {durationSeconds !== null && <span>{span(durationSeconds)}</span>}
      {startsOn && endsOn && (
        <span>
          {day(startsOn)} – {day(endsOn)}
        </span>
      )}
      {languages && languages.length > 0 && <span>{languages.map(spoken).join(", ")}</span>}
      {tags?.map((tag) => (
        <span className="tag" key={tag}>
          {tag}
        </span>
      ))}
      {props.url && <a href={props.url}>Open at its source</a>}
    </p>
  );
}

const LANGUAGES = new Intl.DisplayNames(undefined, { type: "language" });

function spoken({ code, tag }: { code: string; tag: string | null }): string {
  return (tag && LANGUAGES.of(tag)) || code;
}

interface Named {
  id: string;
  name: string | null;
}

interface Names {
  title: string;
  rows: Named[] | null;
  troubles: Trouble[];
  again: () => void;
}

function Names({ title, rows, ...told }: Names) {
  if (!rows && !told.troubles.length) return null;
  return (
    <Section title={title}>
      <ul className="names">
        {rows?.map(({ id, name }) => (
          <li className="tag" key={id}>
            {name ?? "Unnamed"}
          </li>
        ))}
      </ul>
      {rows?.length === 0 && <p className="quiet">None.</p>}
      <Troubles {...told} />
    </Section>
  );
}

const CourseContent_content = graphql(`
  fragment CourseContent_content on Content {
    title
    type
    durationSeconds
  }
`);

type ContentRow = { id: string } & FragmentType<typeof CourseContent_content>;

function Contents({ rows, ...told }: Omit<Names, "title" | "rows"> & { rows: ContentRow[] | null }) {
  if (!rows && !told.troubles.length) return null;
  return (
    <Section title="Contents">
      <ol className="rows">
        {rows?.map((content) => (
          <Content key={content.id} content={content} />
        ))}
      </ol>
      {rows?.length === 0 && <p className="quiet">None.</p>}
      <Troubles {...told} />
    </Section>
  );
}

function Content(props: { content: FragmentType<typeof CourseContent_content> }) {
  const { title, type, durationSeconds } = readFragment(CourseContent_content, props.content);
  return (
    <li>
      <span className="grow">{title}</span>
      {type && <span className="quiet">{begun(plain(type))}</span>}
      {durationSeconds !== null && <span className="quiet">{span(durationSeconds)}</span>}
    </li>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Gone() {
  return (
    <p>
      It may have been deleted at its source. <Link href="/">See all courses</Link>
    </p>
  );
}

function BlankDetails() {
  return (
    <>
      <span className="cover blank" />
      <p className="facts">
        <Blank width="16em" />
      </p>
      <div className="course">
        <aside>
          {["Categories", "Skills", "Instructors"].map((title) => (
            <Section title={title} key={title}>
              <ul className="names" aria-hidden="true">
                <li className="tag">
                  <Blank width="6em" />
                </li>
              </ul>
            </Section>
          ))}
        </aside>
        <div>
          <Section title="Contents">
            <Blanks count={3} />
          </Section>
          <Section title="Completions">
            <Blanks count={6} />
          </Section>
        </div>
      </div>
    </>
  );
}
