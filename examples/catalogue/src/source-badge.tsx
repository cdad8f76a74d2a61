import { type FragmentType, graphql, readFragment } from "./graph";
import { PROVIDERS } from "./words";

const SourceBadge_source = graphql(`
  fragment SourceBadge_source on Source {
    name
    provider
  }
`);

/** A source: who runs it by a colour, and its name. */
export function SourceBadge(props: { source: FragmentType<typeof SourceBadge_source> }) {
  const source = readFragment(SourceBadge_source, props.source);
  return (
    <span className="source" data-provider={source.provider} title={PROVIDERS[source.provider]}>
      {source.name}
    </span>
  );
}
