import type { ReactNode } from "react";
import { type CombinedError, useQuery } from "urql";
import { Link } from "wouter";

import { Completions } from "./course-completions";
import { Cover } from "./cover";
import { type FragmentType, graphql, readFragment } from "./graph";
import type { CourseQuery } from "./graph/graphql";
import { Blank, Blanks, Page } from "./page";
import { SourceBadge } from "./source-badge";
import { Failure, Troubles, isHopeless, troubles } from "./troubles";
import { STATUSES, day, plain, span } from "./words";

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
      completions(first: 10) {
        ...CourseCompletions_page
      }
    }
  }
`);

/** A course, with all that its source says of it. */
export function CoursePage({ id }: { id: string }) {
  const [{ data, error, fetching }, ask] = useQuery({ query: Course, variables: { id } });
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
  const failed = (field: string) => (
    <Troubles troubles={troubles(error, "course", field)} again={again} />
  );
  return (
    <>
      <Cover title={course.title} />
      <Facts course={course} url={course.url} />
      <div className="course">
        <aside>
          <Names title="Categories" rows={course.categories}>
            {failed("categories")}
          </Names>
          <Names title="Skills" rows={course.skills}>
            {failed("skills")}
          </Names>
          <Names title="Instructors" rows={course.instructors}>
            {failed("instructors")}
          </Names>
        </aside>
        <div>
          <Section title="Contents">
            {course.contents?.length ? (
              <ol className="rows">
                {course.contents.map((content) => (
                  <Content key={content.id} content={content} />
                ))}
              </ol>
            ) : (
              <None rows={course.contents} />
            )}
            {failed("contents")}
          </Section>
          <Section title="Completions">
            <Completions
              course={course.id}
              page={course.completions}
              troubles={troubles(error, "course", "completions")}
              again={again}
            />
          </Section>
        </div>
      </div>
    </>
  );
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
  children: ReactNode;
}

function Names({ title, rows, children }: Names) {
  return (
    <Section title={title}>
      {rows?.length ? (
        <ul className="names">
          {rows.map(({ id, name }) => (
            <li className="tag" key={id}>
              {name ?? "Unnamed"}
            </li>
          ))}
        </ul>
      ) : (
        <None rows={rows} />
      )}
      {children}
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

function Content(props: { content: FragmentType<typeof CourseContent_content> }) {
  const { title, type, durationSeconds } = readFragment(CourseContent_content, props.content);
  return (
    <li>
      <span className="grow">{title}</span>
      {type && <span className="quiet">{plain(type)}</span>}
      {durationSeconds !== null && <span className="quiet">{span(durationSeconds)}</span>}
    </li>
  );
}

/** Empty says that there are none, null that the source doesn't say. */
function None({ rows }: { rows: readonly unknown[] | null }) {
  return <p className="quiet">{rows ? "None." : "The source doesn’t say."}</p>;
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
