import { useQuery } from "urql";
import { Link } from "wouter";

import { type FragmentType, graphql, readFragment } from "./graph";
import { OUTCOME, Outcome } from "./outcome";
import { Further, Rows, type Told } from "./rows";

const CourseCompletions_page = graphql(`
  fragment CourseCompletions_page on CompletionConnection {
    nodes {
      id
      ...Outcome_completion
      user {
        id
        name
        email
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
`);

/** The first page. It often takes a call more than the rest of a course, which needn't wait. */
export const CourseCompletions_course = graphql(`
  fragment CourseCompletions_course on Course {
    completions(first: 10) {
      ...CourseCompletions_page
    }
  }
`);

const MoreCourseCompletions = graphql(`
  query MoreCourseCompletions($id: ID!, $after: String!) {
    course(id: $id) {
      id
      completions(first: 10, after: $after) {
        ...CourseCompletions_page
      }
    }
  }
`);

interface Shown extends Told {
  course: string;
  page: FragmentType<typeof CourseCompletions_page> | null;
}

/** Who finished the course, in the source's own order. */
export function Completions(props: Shown) {
  return (
    <Rows
      {...props}
      name="completions"
      page={readFragment(CourseCompletions_page, props.page)}
      heads={["Learner", ...OUTCOME]}
      none="Nobody has finished it yet."
      more={(after) => <MoreCompletions id={props.course} after={after} />}
      isResumed
    >
      {(completion) => (
        <>
          <span className="grow">
            <Person user={completion.user} />
          </span>
          <Outcome completion={completion} />
        </>
      )}
    </Rows>
  );
}

function MoreCompletions({ id, after }: { id: string; after: string }) {
  const asked = useQuery({ query: MoreCourseCompletions, variables: { id, after } });
  return (
    <Further asked={asked} path={["course"]}>
      {({ course }, told) => (
        <Completions {...told} course={id} after={after} page={course?.completions ?? null} />
      )}
    </Further>
  );
}

function Person({ user }: { user: { name: string | null; email: string | null } | null }) {
  const shown = user?.name ?? user?.email ?? "Somebody unknown";
  if (!user?.email) return shown;
  return <Link href={`/learners?email=${encodeURIComponent(user.email)}`}>{shown}</Link>;
}
