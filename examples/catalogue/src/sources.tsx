import { useQuery } from "urql";

import { type FragmentType, graphql, readFragment } from "./graph";
import { Blank, Page } from "./page";
import { SourceBadge } from "./source-badge";
import { Failure } from "./troubles";
import { HEALTH, PROVIDERS, moment, plain } from "./words";

const Sources = graphql(`
  query Sources {
    sources {
      id
      ...SourceHealth_source
    }
  }
`);

/** Whether every source answers now. */
export function SourcesPage() {
  const [{ data, error, fetching }, ask] = useQuery({ query: Sources });
  const again = () => ask({ requestPolicy: "network-only" });
  const failed = !data?.sources && error;
  return (
    <Page title="Sources" lead="Where the courses come from, and whether each answers now.">
      <p>
        <button type="button" onClick={again} disabled={fetching}>
          {fetching ? "Checking…" : "Check again"}
        </button>
      </p>
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

const SourceHealth_source = graphql(`
  fragment SourceHealth_source on Source {
    provider
    ...SourceBadge_source
    health {
      status
      detail
      code
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
      <dl>
        <Fact name="Provider" value={PROVIDERS[source.provider]} />
        <Fact name="Detail" value={health?.detail} />
        <Fact name="Error" value={health?.code && plain(health.code)} />
        <Fact name="Last synced" value={health?.lastSyncedAt && moment(health.lastSyncedAt)} />
        <Fact name="Next sync" value={health?.nextSyncAt && moment(health.nextSyncAt)} />
        <Fact
          name="Quota left"
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
