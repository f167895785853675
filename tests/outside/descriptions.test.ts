/** What the sandbox answers and what the product asks, held against descriptions that nobody here wrote. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findService } from "../../sandbox/services/index.ts";
import { routeAt, unnamed } from "../descriptions/description.ts";
import { DESCRIPTIONS } from "../descriptions/index.ts";
import type { Running } from "../browser/support.ts";
import { callAll, connect, lifeOf } from "./descriptions-support.ts";
import { Person } from "./person.ts";
import { controlOf, startWithWrites, writesOf } from "./sdk-support.ts";

let latchkey: Running;
beforeAll(async () => {
  latchkey = await startWithWrites("http");
});
afterAll(() => latchkey?.stop());

describe.each(DESCRIPTIONS)("$service", (description) => {
  const { service, checker, calls, described, product, settings, undescribed, differs = {} } = description;

  it("answers as it is described", async () => {
    const control = controlOf(latchkey, service);
    const person = new Person(latchkey.origin);
    await control.register(`${latchkey.origin}/callback/${writesOf(service)}`);
    await connect(person, control, writesOf(service), 1);
    const answers = await callAll(description, `${latchkey.origin}/proxy`, await person.makeKey());
    const complaints = answers.flatMap(({ call, answer }) => {
      const { status = 200 } = call;
      const met =
        answer.status === status ? checker.answer(call, answer) : [`${answer.status} ${JSON.stringify(answer.body)}`];
      return met.map((complaint) => `${call.route}: ${complaint}`);
    });
    const all = [...complaints, ...((await checker.finish?.()) ?? [])];
    const known = Object.keys(differs);
    const isKnown = (complaint: string) => known.some((each) => begins(each, complaint));
    expect(all.filter((complaint) => !isKnown(complaint))).toEqual([]);
    // What is described as it is again is no exception any more.
    expect(known.filter((each) => !all.some((complaint) => begins(each, complaint)))).toEqual([]);
  });

  it("is asked by the product as it is described", async () => {
    const control = controlOf(latchkey, service);
    if (settings !== undefined) await control.set(settings);
    const sent = await lifeOf(new Person(latchkey.origin), control, service);
    const asked = new Set<string>();
    const complaints = sent.flatMap((entry) => {
      const found = checker.request(entry);
      if (found === undefined) {
        const route = `${entry.method} ${entry.host}${entry.path}`;
        return Object.keys(undescribed).some((each) => fits(each, route)) ? [] : [`${route} is not described`];
      }
      asked.add(found.route);
      return found.complaints.map((complaint) => `${found.route}: ${complaint}`);
    });
    expect([...complaints, ...((await checker.finish?.()) ?? [])]).toEqual([]);
    expect([...asked].toSorted()).toEqual([...product].toSorted());
  });

  it(`is described in ${described} routes, and each of the others is named with a reason`, () => {
    const held = new Set(calls.map(({ route }) => routeAt(checker, route)));
    expect(held.size).toBe(described);
    const routes = findService(service).routes.flatMap(({ methods, host, path }) =>
      methods.map((method) => unnamed(`${method} ${host}${path}`)),
    );
    const left = Object.keys(undescribed).map(unnamed);
    expect(routes.filter((route) => !held.has(route) && !left.includes(route))).toEqual([]);
    expect(left.filter((route) => held.has(route))).toEqual([]);
  });
});

/** Whether a complaint begins so; a step that is a star is any number. */
function begins(start: string, complaint: string): boolean {
  return complaint.replaceAll(/\/\d+(?=\/)/g, "/*").startsWith(start);
}

/** Whether a request's route is one with names in it. */
function fits(named: string, route: string): boolean {
  const wanted = named.split("/");
  const found = route.split("/");
  return wanted.length === found.length && wanted.every((step, index) => step.startsWith("{") || step === found[index]);
}
