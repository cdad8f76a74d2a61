import { type FragmentType, graphql, readFragment } from "./graph";
import { day, plain, span } from "./words";

const Outcome_completion = graphql(`
  fragment Outcome_completion on Completion {
    completedAt
    score
    result
    timeSpentSeconds
  }
`);

/** How a course went for somebody, and when. */
export function Outcome(props: { completion: FragmentType<typeof Outcome_completion> }) {
  const { completedAt, score, result, timeSpentSeconds } = readFragment(
    Outcome_completion,
    props.completion,
  );
  return (
    <>
      <span className="cell" data-result={result}>
        {result && plain(result)}
      </span>
      <span className="cell number">{score !== null && `${Math.round(score)} %`}</span>
      <span className="cell quiet">{timeSpentSeconds !== null && span(timeSpentSeconds)}</span>
      <span className="cell quiet">{completedAt ? day(completedAt) : "undated"}</span>
    </>
  );
}
