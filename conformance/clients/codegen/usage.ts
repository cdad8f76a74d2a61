// What somebody writes against the generated types. It compiles as it is, and each `@ts-expect-error` is a
// mistake that the types catch: the compiler fails where one isn't caught.
import { graphql } from '../generated/codegen/gql.ts';
import type {
  CourseImportMutation,
  CoursesQuery,
  CoursesQueryVariables,
  ImportStatus,
  Status,
  UserErrorCode,
} from '../generated/codegen/graphql.ts';

export const COURSES = graphql(`
  query Courses($first: Int!, $after: String, $filter: CourseFilter) {
    courses(first: $first, after: $after, filter: $filter) {
      nodes {
        __typename
        id
        title
        status
        updatedAt
        startsOn
        url
        duration
        durationSeconds
        customFields
        categories {
          name
        }
        scormCloud {
          version
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const IMPORT = graphql(`
  mutation CourseImport($input: CourseImportInput!) {
    courseImport(input: $input) {
      courseImport {
        id
        status
      }
      userErrors {
        field
        message
        code
      }
    }
  }
`);

export const FOLLOW = graphql(`
  subscription FollowImport($id: ID!) {
    courseImport(id: $id) {
      status
      warnings
    }
  }
`);

type Course = NonNullable<CoursesQuery['courses']>['nodes'][number];

// Sizes and filters: what is optional may be left out.
export const few: CoursesQueryVariables = { first: 3 };
export const some: CoursesQueryVariables = { first: 3, filter: { status: 'ACTIVE', updatedFrom: '2026-01-31T00:00:00Z' } };
// @ts-expect-error a status is one of three
export const wrong: CoursesQueryVariables = { first: 3, filter: { status: 'ACTVE' } };
// @ts-expect-error how many is needed
export const missing: CoursesQueryVariables = { after: 'x' };

// Scalars are text, JSON has to be looked at, and a title is always there.
export const told = (course: Course): string =>
  `${course.title}: ${course.updatedAt?.slice(0, 10) ?? 'never'}, ${course.durationSeconds?.toFixed(0) ?? '?'} s`;
// @ts-expect-error a description may be null
export const length = (course: Course): number => course.url.length;
// @ts-expect-error JSON is unknown until it is looked at
export const field = (course: Course): string => course.customFields.anything;
// @ts-expect-error nobody asked for it
export const hidden = (course: Course) => course.description;

// Enums are unions, so that a switch can be seen to be complete.
export function word(status: Status): string {
  switch (status) {
    case 'ACTIVE':
      return 'offered';
    case 'PENDING':
      return 'to come';
    case 'INACTIVE':
      return 'retired';
  }
}
export const over: readonly ImportStatus[] = ['COMPLETE', 'ERROR'];

// A refusal is data, with a code of a closed set.
export function refusal(data: CourseImportMutation): UserErrorCode | undefined {
  return data.courseImport?.userErrors[0]?.code;
}
