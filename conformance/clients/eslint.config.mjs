// The schema, by graphql-eslint's recommended rules and by those for Relay. Every exception has its reason.
import graphql from '@graphql-eslint/eslint-plugin';

const { rules: recommended } = graphql.configs['flat/schema-recommended'];
const { rules: relay } = graphql.configs['flat/schema-relay'];

// What has no id, because nothing is asked for again by one: parts of records, what a change led to, what only one
// provider says of a record, and what its lists hold (their `key` is unique inside a source only).
const values = {
  suffixes: ['Connection', 'Edge', 'Payload', 'Item', 'Target', 'AtSource', 'Health', 'Limit'],
  types: [
    'Coverage', 'Download', 'Header', 'Language', 'Localization', 'PageInfo', 'Upload', 'UserError',
    'RecordsChanged', 'SourceSynced', // events, which are told once
    'Learner', // a person across all sources, whose key is the e-mail address
  ],
};
const facets = /^(type|extend type) ((Bindbee|StackOne|ScormCloud|VitalSource)\w+)/gm;

export default (text) => [
  {
    files: ['**/*.graphql'],
    languageOptions: { parser: graphql.parser }, // which reads graphql.config.yml
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...recommended,
      ...relay,
      '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
      '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
      '@graphql-eslint/require-nullable-result-in-root': 'error',
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          acceptedIdNames: ['id'],
          acceptedIdTypes: ['ID'],
          exceptions: { ...values, types: [...values.types, ...[...text.matchAll(facets)].map(([, , name]) => name)] },
        },
      ],
      // No provider can walk a list backwards, so nothing takes `last` and `before`.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // `nodes` stand beside `edges`, and what doesn't grow is a plain list: a course's categories.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
    },
  },
];
