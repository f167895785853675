/** The texts that a service is described with: names, addresses, paths, headers and patterns. */
import * as z from "zod/mini";
import { isPathPattern, isValuePattern } from "./patterns.ts";

/** Of a field, a detail or an integration: what stands in braces in templates. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
export const NameKey = z.string().check(z.regex(NAME, "a name is 1 to 40 of a-z, 0-9 and _, and begins with a letter"));

export const text = (longest: number) =>
  z.string().check(z.minLength(1), z.maxLength(longest), z.regex(/^[^\p{Cc}]*$/u, "no control characters"));

export const HttpsUrl = z.url({ protocol: /^https$/, message: "write a whole https URL" }).check(z.maxLength(2048));

/** A whole address, which may have names in braces. The scheme is never typed by anybody. */
export const Endpoint = z.string().check(
  z.maxLength(2048),
  z.regex(/^(?:https?:\/\/[^\s/?#]|\{[a-z][a-z0-9_]*\}(?:[/?]|$))/, "write a whole URL"),
  z.refine(
    (url) => url.startsWith("{") || URL.canParse(url.replaceAll(/\{[a-z][a-z0-9_]*\}/g, "x")),
    "write a whole URL",
  ),
);

/** Paths are put behind it. */
export const BaseUrl = z.pipe(
  Endpoint,
  z.transform((url) => url.replace(/(?<!\/)\/+$/, "")),
);

/** Under the API, or a whole address. */
export const ApiPath = z
  .string()
  .check(z.maxLength(2048), z.regex(/^(?:\/|https?:\/\/|\{)\S*$/, "a path that begins with a slash, or a whole URL"));

/** Where something stands in an answer: names with dots between them, numbers for places in lists. */
export const AnswerPath = z
  .string()
  .check(z.regex(/^[\w@$-]{1,64}(?:\.[\w@$-]{1,64}){0,7}$/, "a path such as data.user.id"));

export const Scope = z
  .string()
  .check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, "a scope is visible ASCII without spaces (RFC 6749 3.3)"));

/** RFC 9110 5.1 and 5.5. */
export const HeaderName = z.string().check(z.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, "the name of a header field"));
const HeaderValue = z
  .string()
  .check(z.regex(/^[\x20-\x7e]{1,1024}$/, "visible ASCII and blanks, at most 1024 characters"));
export const HeaderMap = z.record(HeaderName, HeaderValue);

export const ParameterName = z.string().check(z.regex(/^[\x21-\x7e]{1,64}$/, "the name of a parameter"));
export const ParameterMap = z.record(ParameterName, z.string().check(z.maxLength(1024)));

const QUICK =
  "a regular expression that is quick on any text: without (?= (?! (?< \\1 and repeated groups, and with at most two of * + {n,} that may end in many places";

/** What a value that somebody types, or a service answers, has to be, whole. It decides to which hosts tokens go. */
export const Pattern = z.string().check(z.maxLength(256), z.refine(isValuePattern, QUICK));

/** What a path that the proxy refuses has in it. */
export const DeniedPath = z.string().check(z.maxLength(256), z.refine(isPathPattern, `${QUICK}; begin it with ^`));
