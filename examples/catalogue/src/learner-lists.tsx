import { useQuery } from "urql";
import { Link } from "wouter";

import { Continue, useFirstRow } from "./continue";
import { type FragmentType, graphql, readFragment } from "./graph";
import { Outcome } from "./outcome";
import { Blanks } from "./page";
import { SourceBadge } from "./source-badge";
import { Failure, Troubles, troubles } from "./troubles";
import { ASSIGNMENTS, day } from "./words";

interface Shown<Page> {
  email: string;
  page: Page | null;
  troubles: ReturnType<typeof troubles>;
  /** Reads the whole page again: it is sorted by time, and what is missing belongs in between. */
  again: () => void;
  /** Cursor that this page was asked for with; the first has none. */
  after?: string;
}

interface More {
  email: string;
  after: string;
}

const LearnerCompletions_page = graphql(`
  fragment LearnerCompletions_page on LearnerCompletionConnection {
    nodes {
      id
      ...Outcome_completion
      course {
        ...CourseLink_course
      }
      source {
        ...SourceBadge_source
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
`);

const MoreLearnerCompletions = graphql(`
  query MoreLearnerCompletions($email: String!, $after: String!) {
    learner(email: $email) {
      email
      completions(first: 10, after: $after) {
        ...LearnerCompletions_page
      }
    }
  }
`);

/** What a person finished, the latest first. */
export function Completions(props: Shown<FragmentType<typeof LearnerCompletions_page>>) {
  const { email, after, ...told } = props;
  const page = readFragment(LearnerCompletions_page, props.page);
  const list = useFirstRow<HTMLUListElement>(after !== undefined, page !== null);
  const more = (cursor: string) => <MoreCompletions email={email} after={cursor} />;
  return (
    <>
      <Troubles {...told} />
      <ul className="rows" ref={list}>
        {page?.nodes.map((completion) => (
          <li key={completion.id}>
            <span className="grow">
              <CourseLink course={completion.course} />
            </span>
            <SourceBadge source={completion.source} />
            <Outcome completion={completion} />
          </li>
        ))}
      </ul>
      {page?.nodes.length === 0 && !after && <p className="quiet">None yet.</p>}
      {page?.pageInfo.hasNextPage && page.pageInfo.endCursor && (
        <Continue label="Show more completions">{more(page.pageInfo.endCursor)}</Continue>
      )}
    </>
  );
}

function MoreCompletions({ email, after }: More) {
  const [{ data, error }, ask] = useQuery({
    query: MoreLearnerCompletions,
    variables: { email, after },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  if (!data && error) return <Failure error={error} again={again} />;
  if (!data) return <Blanks count={10} />;
  const page = data.learner?.completions ?? null;
  const failed = troubles(error, "learner");
  return <Completions email={email} page={page} troubles={failed} again={again} after={after} />;
}

const LearnerAssignments_page = graphql(`
  fragment LearnerAssignments_page on LearnerAssignmentConnection {
    nodes {
      id
      status
      assignedAt
      startsAt
      dueAt
      course {
        ...CourseLink_course
      }
      source {
        ...SourceBadge_source
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
`);

const MoreLearnerAssignments = graphql(`
  query MoreLearnerAssignments($email: String!, $after: String!) {
    learner(email: $email) {
      email
      assignments(first: 10, after: $after) {
        ...LearnerAssignments_page
      }
    }
  }
`);

/** What a person is to take, the latest first. */
export function Assignments(props: Shown<FragmentType<typeof LearnerAssignments_page>>) {
  const { email, after, ...told } = props;
  const page = readFragment(LearnerAssignments_page, props.page);
  const list = useFirstRow<HTMLUListElement>(after !== undefined, page !== null);
  const more = (cursor: string) => <MoreAssignments email={email} after={cursor} />;
  return (
    <>
      <Troubles {...told} />
      <ul className="rows" ref={list}>
        {page?.nodes.map(({ id, status, dueAt, course, source, ...from }) => (
          <li key={id}>
            <span className="grow">
              <CourseLink course={course} />
            </span>
            <SourceBadge source={source} />
            <span className="cell">{status && ASSIGNMENTS[status]}</span>
            <span className="cell quiet">{dueAt && `due ${day(dueAt)}`}</span>
            <span className="cell quiet"><Since {...from} /></span>
          </li>
        ))}
      </ul>
      {page?.nodes.length === 0 && !after && <p className="quiet">None.</p>}
      {page?.pageInfo.hasNextPage && page.pageInfo.endCursor && (
        <Continue label="Show more assignments">{more(page.pageInfo.endCursor)}</Continue>
      )}
    </>
  );
}

/** When it was assigned, or else begins: what the list is sorted by. */
function Since({ assignedAt, startsAt }: { assignedAt: string | null; startsAt: string | null }) {
  const at = assignedAt ?? startsAt;
  return at ? day(at) : "undated";
}

function MoreAssignments({ email, after }: More) {
  const [{ data, error }, ask] = useQuery({
    query: MoreLearnerAssignments,
    variables: { email, after },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  if (!data && error) return <Failure error={error} again={again} />;
  if (!data) return <Blanks count={10} />;
  const page = data.learner?.assignments ?? null;
  const failed = troubles(error, "learner");
  return <Assignments email={email} page={page} troubles={failed} again={again} after={after} />;
}

const CourseLink_course = graphql(`
  fragment CourseLink_course on Course {
    id
    title
  }
`);

function CourseLink(props: { course: FragmentType<typeof CourseLink_course> | null }) {
  const course = readFragment(CourseLink_course, props.course);
  return course ? <Link href={`/courses/${course.id}`}>{course.title}</Link> : "Something else";
}
