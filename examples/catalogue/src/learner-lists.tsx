import type { ComponentProps } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { type FragmentType, graphql, readFragment } from "./graph";
import { OUTCOME, Outcome } from "./outcome";
import { Cell, Further, Rows, type Told } from "./rows";
import { SourceBadge } from "./source-badge";
import { ASSIGNMENTS, day } from "./words";

interface Shown<Page> extends Told {
  email: string;
  page: Page | null;
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
  return (
    <Rows
      {...props}
      name="completions"
      page={readFragment(LearnerCompletions_page, props.page)}
      heads={["Course", "Source", ...OUTCOME]}
      none="None yet."
      more={(after) => <MoreCompletions email={props.email} after={after} />}
    >
      {(completion) => (
        <>
          <Where {...completion} />
          <Outcome completion={completion} />
        </>
      )}
    </Rows>
  );
}

function MoreCompletions(variables: More) {
  const asked = useQuery({ query: MoreLearnerCompletions, variables });
  return (
    <Further asked={asked} path={["learner"]}>
      {({ learner }, told) => (
        <Completions {...variables} {...told} page={learner?.completions ?? null} />
      )}
    </Further>
  );
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
  return (
    <Rows
      {...props}
      name="assignments"
      page={readFragment(LearnerAssignments_page, props.page)}
      heads={["Course", "Source", "Status", "Due", "From"]}
      none="None."
      more={(after) => <MoreAssignments email={props.email} after={after} />}
    >
      {(assignment) => {
        const { status, assignedAt, startsAt, dueAt } = assignment;
        // When it was assigned, or else begins: what the list is sorted by.
        const from = assignedAt ?? startsAt;
        return (
          <>
            <Where {...assignment} />
            <Cell name="Status">{status && ASSIGNMENTS[status]}</Cell>
            <Cell name="Due">{dueAt && day(dueAt)}</Cell>
            <Cell name="From">{from ? day(from) : "undated"}</Cell>
          </>
        );
      }}
    </Rows>
  );
}

function MoreAssignments(variables: More) {
  const asked = useQuery({ query: MoreLearnerAssignments, variables });
  return (
    <Further asked={asked} path={["learner"]}>
      {({ learner }, told) => (
        <Assignments {...variables} {...told} page={learner?.assignments ?? null} />
      )}
    </Further>
  );
}

const CourseLink_course = graphql(`
  fragment CourseLink_course on Course {
    id
    title
  }
`);

interface Where extends ComponentProps<typeof SourceBadge> {
  course: FragmentType<typeof CourseLink_course> | null;
}

/** The course that a record is about, and the source that keeps the record. */
function Where(props: Where) {
  const course = readFragment(CourseLink_course, props.course);
  return (
    <>
      <span className="grow">
        {course ? <Link href={`/courses/${course.id}`}>{course.title}</Link> : "Something else"}
      </span>
      <SourceBadge source={props.source} />
    </>
  );
}
