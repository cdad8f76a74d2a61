import { useEffect, useState } from "react";
import { useQuery } from "urql";

import { type FragmentType, graphql, readFragment } from "./graph";
import type { SourcesQuery } from "./graph/graphql";
import { Blank, Page } from "./page";
import { SourceBadge } from "./source-badge";
import { Failure } from "./troubles";
import { HEALTH, PROVIDERS, begun, count, moment, timeOfDay } from "./words";

const Sources = graphql(`
  query Sources {
    sources {
      id
      health {
        status
      }
      ...SourceHealth_source
    }
  }
`);

/** Whether every source answers now. */
export function SourcesPage() {
  const [{ data, error, fetching }, ask] = useQuery({ query: Sources });
  const again = () => ask({ requestPolicy: "network-only" });
  const checkedAt = useArrival(data);
  const failed = !data?.sources && error;
  return (
    <Page title="Sources" lead="Where the courses come from, and whether each answers now.">
      <div className="found">
        <p role="status">
          {data?.sources && checkedAt && !fetching && (
            <>
              <strong>{summary(data.sources)}</strong> Checked at {timeOfDay(checkedAt)}.
            </>
          )}
          {fetching && "Checking…"}
        </p>
        <button type="button" onClick={again} disabled={fetching}>
          Check again
        </button>
      </div>
      {failed ? (
        <Failure error={failed} again={again} />
      ) : (
        <ul className="sources" aria-busy={fetching}>
          {data?.sources?.map((source) => <Health key={source.id} source={source} />) ?? <Waiting />}
        </ul>
      )}
    </Page>
  );
}

/** When an answer came. */
function useArrival(data: unknown): number | null {
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => setAt(data ? Date.now() : null), [data]);
  return at;
}

function summary(sources: NonNullable<SourcesQuery["sources"]>): string {
  const ill = sources.filter(({ health }) => health?.status !== "UP").length;
  if (!ill) return sources.length === 1 ? "The source works." : `All ${sources.length} sources work.`;
  return `${count(ill, "source")} of ${sources.length} ${ill === 1 ? "has" : "have"} trouble.`;
}

const SourceHealth_source = graphql(`
  fragment SourceHealth_source on Source {
    provider
    ...SourceBadge_source
    health {
      status
      detail
      lastSyncedAt
      nextSyncAt
      rateLimit {
        limit
        remaining
      }
    }
  }
`);

function Health(props: { source: FragmentType<typeof SourceHealth_source> }) {
  const source = readFragment(SourceHealth_source, props.source);
  const { health } = source;
  return (
    <li data-health={health?.status}>
      <h2>
        <SourceBadge source={source} />
      </h2>
      <p className="health">{health ? HEALTH[health.status] : "Unknown"}</p>
      {health?.detail && <p className="detail">{begun(health.detail)}</p>}
      <dl>
        <Fact name="Provider" value={PROVIDERS[source.provider]} />
        <Fact name="Last synced" value={health?.lastSyncedAt && moment(health.lastSyncedAt)} />
        <Fact name="Next sync" value={health?.nextSyncAt && moment(health.nextSyncAt)} />
        <Fact
          name="Requests left"
          value={health?.rateLimit && `${health.rateLimit.remaining} of ${health.rateLimit.limit}`}
        />
      </dl>
    </li>
  );
}

function Fact({ name, value }: { name: string; value: string | null | undefined }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Waiting() {
  return [1, 2, 3, 4].map((at) => (
    <li key={at} aria-hidden="true">
      <h2>
        <Blank width="60%" />
      </h2>
      <p className="health">
        <Blank width="20%" />
      </p>
      <Blank width="80%" />
    </li>
  ));
}
