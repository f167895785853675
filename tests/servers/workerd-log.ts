/**
 * The exceptions that workerd itself tells of while tests run in it: nothing has caught them. The pool writes them out among
 * everything else; here they fail the run, which says at its end what they were. What the code under test writes to its console
 * is held in `tests/support/reports.ts`.
 */
import { cuts } from "./cuts.ts";

/** How its lines begin. */
const SAID_BY_WORKERD = /^(?:uncaught )?exception(?:;| =) /;

/** It says this of a connection that is cut: of the request, and again where its failure passes the pool's own Workers. */
const OF_A_CUT =
  /disconnected: client error \(SendRequest\)|error reading a body from connection|Network connection lost/;
const TIMES_OF_A_CUT = 4;

/** Tests set the clock and ring alarms by hand, which the platform's own alarms then come too late or too early for. */
const OF_AN_ALARM = /^NOSENTRY SQLite alarm /;

/** The local Workflows say so of an instance that is asked for and is not there: whoever asked is told, and makes it. */
const OF_NO_INSTANCE = /instance\.not_found|Engine was never started/;

/** Watches both streams until it is called. @throws Error with what workerd has said */
export default function setup(): () => void {
  const said: string[] = [];
  let ofCuts = 0;
  const restore = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      const text = String(chunk);
      if (OF_AN_ALARM.test(text)) return true;
      if (OF_NO_INSTANCE.test(text)) return true;
      if (SAID_BY_WORKERD.test(text)) {
        if (OF_A_CUT.test(text)) {
          ofCuts += 1;
          return true;
        }
        said.push(text.trim());
      }
      return Reflect.apply(write, stream, [chunk, ...rest]);
    };
    return () => void (stream.write = write);
  });
  return () => {
    for (const undo of restore) undo();
    if (ofCuts > cuts() * TIMES_OF_A_CUT) said.push(`${ofCuts} times of connections cut, where ${cuts()} were`);
    if (said.length > 0) throw new Error(`Nobody expects what workerd says:\n${said.join("\n")}`);
  };
}
