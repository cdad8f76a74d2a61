import { type FragmentType, graphql, readFragment } from "./graph";
import { Cell } from "./rows";
import { begun, day, percent, plain, span } from "./words";

const Outcome_completion = graphql(`
  fragment Outcome_completion on Completion {
    completedAt
    score
    result
    timeSpentSeconds
  }
`);

/** Heads of the columns that an outcome has. */
export const OUTCOME = ["Result", "Score", "Time spent", "Finished"];

/** How a course went for somebody, and when. */
export function Outcome(props: { completion: FragmentType<typeof Outcome_completion> }) {
  const { completedAt, score, result, timeSpentSeconds } = readFragment(
    Outcome_completion,
    props.completion,
  );
  return (
    <>
      <Cell name="Result" result={result}>
        {result && begun(plain(result))}
      </Cell>
      <Cell name="Score">{score === null ? null : percent(score)}</Cell>
      <Cell name="Time spent">{timeSpentSeconds === null ? null : span(timeSpentSeconds)}</Cell>
      <Cell name="Finished">{completedAt ? day(completedAt) : "undated"}</Cell>
    </>
  );
}
