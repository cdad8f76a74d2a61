import { Link } from "wouter";

import { Cover } from "./cover";
import { type FragmentType, graphql, readFragment } from "./graph";
import { Blank } from "./page";
import { SourceBadge } from "./source-badge";
import { STATUSES, span } from "./words";

const CourseCard_course = graphql(`
  fragment CourseCard_course on Course {
    id
    title
    status
    durationSeconds
    categories {
      id
      name
    }
    source {
      ...SourceBadge_source
    }
  }
`);

/** A course in a list. */
export function CourseCard(props: { course: FragmentType<typeof CourseCard_course> }) {
  const course = readFragment(CourseCard_course, props.course);
  const subjects = course.categories?.flatMap((each) => each.name ?? []) ?? [];
  return (
    <li className="card">
      <Cover title={course.title} />
      {course.status && course.status !== "ACTIVE" && (
        <span className="tag">{STATUSES[course.status]}</span>
      )}
      <div className="about">
        <h2>
          <Link href={`/courses/${course.id}`}>{course.title}</Link>
        </h2>
        <p className="subjects">{subjects.slice(0, 3).join(" · ")}</p>
        <p className="facts">
          <SourceBadge source={course.source} />
          {course.durationSeconds !== null && <span>{span(course.durationSeconds)}</span>}
        </p>
      </div>
    </li>
  );
}

/** Cards that are being read, as large as those that come. */
export function BlankCards({ count }: { count: number }) {
  return (
    <ul aria-hidden="true">
      {Array.from({ length: count }, (_, at) => (
        <li className="card" key={at}>
          <span className="cover blank" />
          <div className="about">
            <h2>
              <Blank width={`${60 + ((at * 13) % 35)}%`} />
            </h2>
            <p className="subjects">
              <Blank width="55%" />
            </p>
            <p className="facts">
              <Blank width="40%" />
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
