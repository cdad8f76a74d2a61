import { type FragmentType, graphql, readFragment } from "./graph";
import type { Provider } from "./graph/graphql";
import { PROVIDERS } from "./words";

const SourceBadge_source = graphql(`
  fragment SourceBadge_source on Source {
    name
    provider
  }
`);

/** Letters tell providers apart where colours don't, and look like no light that is on or off. */
const MARKS: Record<Provider, string> = {
  BINDBEE: "BB",
  SCORM_CLOUD: "SC",
  STACKONE: "S1",
  VITALSOURCE: "VS",
};

/** A source: a mark of who runs it, and its name. */
export function SourceBadge(props: { source: FragmentType<typeof SourceBadge_source> }) {
  const { name, provider } = readFragment(SourceBadge_source, props.source);
  return (
    <span
      className="source"
      data-provider={provider}
      data-mark={MARKS[provider]}
      title={PROVIDERS[provider]}
    >
      {name}
    </span>
  );
}
