/** What a GraphQL request is taken for: a read only where nothing that it holds could be anything else. */
import { describe, expect, it } from "vitest";
import { isGraphqlRead } from "../../src/grants/graphql.ts";

const sent = (query: string): string => JSON.stringify({ query });

describe("a read is", () => {
  it.for([
    ["a query without a word", sent("{ viewer { login } }")],
    ["a query with its name", sent("query Me($a: I = { x: 1 }) @d(a: { b: 1 }) { viewer { login } }")],
    ["two of them", JSON.stringify({ query: "query A { a } query B { b }", operationName: "B" })],
    ["one with fragments", sent("fragment F on User { login } query { viewer { ...F } }")],
    ["one that speaks of a mutation", sent('query { search(text: "} mutation { x }") { id } # mutation\n }')],
    ["one with a block of text", sent('query { a(b: """ } mutation { \\""" } """) { id } }')],
    ["a field that is called so", sent("{ mutation { id } }")],
    ["an alias that is called so", sent("query mutation { mutation: viewer { id } }")],
    ["a list of queries", JSON.stringify([{ query: "{ a }" }, { query: "query { b }", variables: { query: 1 } }])],
    ["commas and a mark of order between", sent("\ufeff,,query{a},{b}")],
  ])("%s", ([, text = ""]) => {
    expect(isGraphqlRead(text)).toBe(true);
  });
});

describe("no read is", () => {
  it.for([
    ["a mutation", sent("mutation { a }")],
    ["a subscription", sent("subscription { a }")],
    ["a query beside a mutation", JSON.stringify({ query: "query A { a } mutation B { b }", operationName: "A" })],
    ["a mutation behind a comment", sent("# {\nmutation { a }")],
    ["a mutation behind an end of line of another sort", sent("{ a # \r } mutation { b }")],
    ["a mutation behind a text with a quote", sent('query { a(b: "\\"") } mutation { b }')],
    ["a mutation behind a block with a quote", sent('query { a(b: """ \\""" """) } mutation { b }')],
    ["a mutation behind an empty text", sent('query { a(b: "") } mutation { c(d: "") }')],
    ["a mutation behind a fragment", sent("fragment F on User { login } mutation { a { ...F } }")],
    ["a text that does not end", sent('query { a } "" mutation { b } "')],
    ["braces that do not end", sent("query { a { b }")],
    ["too many ends", sent("query { a } } mutation { b")],
    ["fragments alone", sent("fragment F on User { login }")],
    ["what defines types", sent("extend type A { b: C }")],
    ["a list with a mutation", JSON.stringify([{ query: "{ a }" }, { query: "mutation { b }" }])],
    ["an empty list", "[]"],
    ["a list in a list", JSON.stringify([[{ query: "{ a }" }]])],
    ["a document that is only named", JSON.stringify({ id: "abc", extensions: { persistedQuery: {} } })],
    ["a document that is no text", JSON.stringify({ query: ["{ a }"] })],
    ["a member twice", '{"query":"mutation{a}","query":"{ a }"}'],
    ["a member twice, spelled otherwise", '{"qu\\u0065ry":"mutation{a}","query":"{ a }"}'],
    ["a member twice, of another case", '{"Query":"mutation{a}","query":"{ a }"}'],
    ["no JSON", "query { a }"],
    ["nothing", ""],
    ["JSON that does not end", '{"query":"{ a }"'],
  ])("%s", ([, text = ""]) => {
    expect(isGraphqlRead(text)).toBe(false);
  });
});
