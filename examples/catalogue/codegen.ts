import type { CodegenConfig } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";

/** Writes `src/graph/`: a type for every operation and fragment, and the manifest of trusted
 *  documents, `persisted-documents.json`, which maps a hash to each operation's text. */
const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: "src/**/*.tsx",
  config: { federation: true },
  generates: {
    "src/graph/": {
      preset: "client",
      presetConfig: {
        fragmentMasking: { unmaskFunctionName: "readFragment" },
        persistedDocuments: true,
      },
      // What the client's cache would add has to be in the trusted text already.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: {
        strictScalars: true,
        useTypeImports: true,
        scalars: {
          Date: "string",
          DateTime: "string",
          Duration: "string",
          JSON: "unknown",
          URL: "string",
          _Any: "unknown",
        },
      },
    },
  },
};

export default config;
