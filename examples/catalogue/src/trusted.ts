import { type Exchange, type Operation, makeOperation } from "urql";
import { filter, makeSubject, map, merge, pipe } from "wonka";

/** Codes by which a server says that it takes no hashes, or not this one. */
const REFUSALS = new Set([
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "PERSISTED_QUERY_NOT_IN_LIST",
  "BAD_REQUEST",
]);

/**
 * Sends an operation's hash, by which `persisted-documents.json` has its text, instead of the text.
 * A server that refuses one gets full documents from then on.
 *
 * https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md
 */
export const trustedDocuments: Exchange = ({ forward }) => {
  let taken = true;
  const again = makeSubject<Operation>();

  function hashed(operation: Operation): Operation {
    const { __meta__: meta } = operation.query as { __meta__?: { hash: string } };
    if (!taken || !meta || operation.kind === "teardown") return operation;
    const query = { ...operation.query, documentId: meta.hash, definitions: [] };
    return makeOperation(operation.kind, { ...operation, query }, { text: operation.query });
  }

  function whole(operation: Operation): Operation {
    return makeOperation(operation.kind, { ...operation, query: operation.context["text"] });
  }

  return (operations) =>
    pipe(
      forward(pipe(merge([operations, again.source]), map(hashed))),
      filter(({ operation, error }) => {
        const codes = error?.graphQLErrors.map(({ extensions }) => String(extensions["code"]));
        if (!("documentId" in operation.query) || !codes?.some((code) => REFUSALS.has(code))) {
          return true;
        }
        taken = false;
        again.next(whole(operation));
        return false;
      }),
    );
};
