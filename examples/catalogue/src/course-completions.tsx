import { useQuery } from "urql";
import { Link } from "wouter";

import { Continue, useFirstRow } from "./continue";
import { type FragmentType, graphql, readFragment } from "./graph";
import { Blanks } from "./page";
import { Failure, Troubles, troubles } from "./troubles";
import { Outcome } from "./outcome";

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

interface Shown {
  course: string;
  page: FragmentType<typeof CourseCompletions_page> | null;
  troubles: ReturnType<typeof troubles>;
  again: () => void;
  /** Cursor that this page was asked for with; the first has none. */
  after?: string;
}

/** Who finished the course: a page of it, and, once they are asked for, those that follow. */
export function Completions({ course, page, troubles, again, after }: Shown) {
  const list = useFirstRow<HTMLUListElement>(after !== undefined, true);
  const found = readFragment(CourseCompletions_page, page);
  if (!found) {
    if (troubles.length) return <Troubles troubles={troubles} again={again} />;
    return <p className="quiet">The source keeps none.</p>;
  }
  const { nodes, pageInfo } = found;
  const more = (cursor: string) => <MoreCompletions course={course} after={cursor} />;
  return (
    <>
      <Troubles troubles={troubles} again={again} resume={more} after={after} />
      {nodes.length === 0 && !after && <p className="quiet">Nobody has finished it yet.</p>}
      <ul className="rows" ref={list}>
        {nodes.map((completion) => (
          <li key={completion.id}>
            <span className="grow">
              <Person user={completion.user} />
            </span>
            <Outcome completion={completion} />
          </li>
        ))}
      </ul>
      {pageInfo.hasNextPage && pageInfo.endCursor && (
        <Continue label="Show more completions">{more(pageInfo.endCursor)}</Continue>
      )}
    </>
  );
}

function MoreCompletions({ course, after }: { course: string; after: string }) {
  const [{ data, error }, ask] = useQuery({
    query: MoreCourseCompletions,
    variables: { id: course, after },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  if (!data && error) return <Failure error={error} again={again} />;
  if (!data) return <Blanks count={10} />;
  return (
    <Completions
      course={course}
      page={data.course?.completions ?? null}
      troubles={troubles(error, "course")}
      again={again}
      after={after}
    />
  );
}

function Person({ user }: { user: { name: string | null; email: string | null } | null }) {
  const shown = user?.name ?? user?.email ?? "Somebody unknown";
  if (!user?.email) return shown;
  return <Link href={`/learners?email=${encodeURIComponent(user.email)}`}>{shown}</Link>;
}
