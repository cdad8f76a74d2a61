// What a page of courses asks for, by all of Relay's own directives. The compiler alone reads it.
import { graphql } from 'react-relay';

export const catalogue = graphql`
  query catalogueQuery($search: String) {
    ...catalogue_courses @arguments(search: $search, count: 10)
  }
`;

export const courses = graphql`
  fragment catalogue_courses on Query
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
    search: { type: "String" }
  )
  @refetchable(queryName: "catalogueCoursesPageQuery") {
    courses(first: $count, after: $cursor, filter: { title: $search })
      @connection(key: "catalogue_courses", filters: ["filter"]) {
      edges {
        node {
          id
          ...catalogue_course
        }
      }
    }
  }
`;

// A fragment on an entity is refetched through `node(id:)`.
export const course = graphql`
  fragment catalogue_course on Course
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 5 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "catalogueCoursePageQuery") {
    title
    updatedAt
    status
    categories {
      name
    }
    completions(first: $count, after: $cursor) @connection(key: "course_completions") {
      edges {
        node {
          score
          user {
            name
          }
        }
      }
    }
  }
`;

export const replaceTags = graphql`
  mutation catalogueTagsMutation($input: CourseTagsReplaceInput!) {
    courseTagsReplace(input: $input) {
      course {
        ...catalogue_course
        tags
      }
      userErrors {
        field
        message
        code
      }
    }
  }
`;

export const deleteCourse = graphql`
  mutation catalogueDeleteMutation($input: CourseDeleteInput!, $connections: [ID!]!) {
    courseDelete(input: $input) {
      deletedId @deleteEdge(connections: $connections)
      userErrors {
        message
      }
    }
  }
`;

export const followImport = graphql`
  subscription catalogueImportSubscription($id: ID!) {
    courseImport(id: $id) {
      status
      message
      course {
        ...catalogue_course
      }
    }
  }
`;

// Relay reads a course that it has by its id, whatever query names it.
export const one = graphql`
  query catalogueCourseQuery($id: ID!) {
    node(id: $id) @required(action: THROW) {
      ...catalogue_course @alias(as: "course")
    }
  }
`;
