import { useRef } from "react";
import { type AnyVariables, type UseQueryArgs, type UseQueryResponse, useQuery } from "urql";

/** As `useQuery`; but where a new answer can't be fetched, the one that was shown stays. */
export function useAsked<Data, Variables extends AnyVariables>(
  question: UseQueryArgs<Variables, Data>,
): UseQueryResponse<Data, Variables> {
  const [state, ask] = useQuery<Data, Variables>(question);
  const shown = useRef<{ key: number; data: Data }>(null);
  const { data, error, operation } = state;
  if (operation && data) shown.current = { key: operation.key, data };
  const before = shown.current?.key === operation?.key ? shown.current?.data : undefined;
  return [error?.networkError && !data ? { ...state, data: before } : state, ask];
}
