/** What of GitHub's GraphQL schema is here; a test holds it against the whole: https://docs.github.com/en/graphql/overview/public-schema */
export const GITHUB_SCHEMA = /* GraphQL */ `
  scalar URI
  scalar DateTime

  interface Node {
    id: ID!
  }
  interface Actor {
    avatarUrl(size: Int): URI!
    login: String!
    url: URI!
  }
  interface RepositoryOwner {
    avatarUrl(size: Int): URI!
    id: ID!
    login: String!
    url: URI!
  }

  type Query {
    viewer: User!
    repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
    user(login: String!): User
    node(id: ID!): Node
    rateLimit(dryRun: Boolean = false): RateLimit
  }
  type Mutation {
    createIssue(input: CreateIssueInput!): CreateIssuePayload
    addComment(input: AddCommentInput!): AddCommentPayload
  }

  type RateLimit {
    cost: Int!
    limit: Int!
    nodeCount: Int!
    remaining: Int!
    resetAt: DateTime!
    used: Int!
  }
  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
  }

  type User implements Node & Actor & RepositoryOwner {
    avatarUrl(size: Int): URI!
    bio: String
    company: String
    createdAt: DateTime!
    databaseId: Int
    email: String!
    id: ID!
    isViewer: Boolean!
    location: String
    login: String!
    name: String
    repositories(
      after: String
      first: Int
      isArchived: Boolean
      isFork: Boolean
      ownerAffiliations: [RepositoryAffiliation] = [OWNER, COLLABORATOR]
      orderBy: RepositoryOrder
      privacy: RepositoryPrivacy
    ): RepositoryConnection!
    updatedAt: DateTime!
    url: URI!
  }
  type Organization implements Node & Actor & RepositoryOwner {
    avatarUrl(size: Int): URI!
    id: ID!
    login: String!
    url: URI!
  }
  enum RepositoryAffiliation {
    COLLABORATOR
    ORGANIZATION_MEMBER
    OWNER
  }
  enum RepositoryPrivacy {
    PRIVATE
    PUBLIC
  }
  enum RepositoryVisibility {
    INTERNAL
    PRIVATE
    PUBLIC
  }
  enum OrderDirection {
    ASC
    DESC
  }
  enum RepositoryOrderField {
    CREATED_AT
    NAME
    PUSHED_AT
    STARGAZERS
    UPDATED_AT
  }
  input RepositoryOrder {
    direction: OrderDirection!
    field: RepositoryOrderField!
  }
  type RepositoryConnection {
    edges: [RepositoryEdge]
    nodes: [Repository]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type RepositoryEdge {
    cursor: String!
    node: Repository
  }

  type Language implements Node {
    color: String
    id: ID!
    name: String!
  }
  type Ref implements Node {
    id: ID!
    name: String!
    prefix: String!
  }
  type Repository implements Node {
    createdAt: DateTime!
    databaseId: Int
    defaultBranchRef: Ref
    description: String
    forkCount: Int!
    homepageUrl: URI
    id: ID!
    isArchived: Boolean!
    isFork: Boolean!
    isPrivate: Boolean!
    issue(number: Int!): Issue
    issues(after: String, first: Int, labels: [String!], orderBy: IssueOrder, states: [IssueState!]): IssueConnection!
    name: String!
    nameWithOwner: String!
    owner: RepositoryOwner!
    primaryLanguage: Language
    pushedAt: DateTime
    stargazerCount: Int!
    updatedAt: DateTime!
    url: URI!
    viewerHasStarred: Boolean!
    visibility: RepositoryVisibility!
  }

  enum IssueState {
    CLOSED
    OPEN
  }
  enum IssueOrderField {
    COMMENTS
    CREATED_AT
    UPDATED_AT
  }
  input IssueOrder {
    direction: OrderDirection!
    field: IssueOrderField!
  }
  type IssueConnection {
    edges: [IssueEdge]
    nodes: [Issue]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type IssueEdge {
    cursor: String!
    node: Issue
  }
  type Issue implements Node {
    author: Actor
    body: String!
    closed: Boolean!
    closedAt: DateTime
    comments(after: String, first: Int): IssueCommentConnection!
    createdAt: DateTime!
    databaseId: Int
    id: ID!
    number: Int!
    repository: Repository!
    state: IssueState!
    title: String!
    updatedAt: DateTime!
    url: URI!
  }
  type IssueCommentConnection {
    edges: [IssueCommentEdge]
    nodes: [IssueComment]
    pageInfo: PageInfo!
    totalCount: Int!
  }
  type IssueCommentEdge {
    cursor: String!
    node: IssueComment
  }
  type IssueComment implements Node {
    author: Actor
    body: String!
    createdAt: DateTime!
    databaseId: Int
    id: ID!
    updatedAt: DateTime!
    url: URI!
  }

  input CreateIssueInput {
    body: String
    clientMutationId: String
    repositoryId: ID!
    title: String!
  }
  type CreateIssuePayload {
    clientMutationId: String
    issue: Issue
  }
  input AddCommentInput {
    body: String!
    clientMutationId: String
    subjectId: ID!
  }
  type AddCommentPayload {
    clientMutationId: String
    commentEdge: IssueCommentEdge
    subject: Node
  }
`;
