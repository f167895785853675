/** An environment that counts what is asked of it. */
import type { Counts } from "../support/wire.ts";

/** `target` with every call of its methods noticed, and its answer passed through `answer`. */
function watched<T extends object>(
  target: T,
  notice: (method: string) => void,
  answer: (value: unknown) => unknown = (value) => value,
): T {
  return new Proxy(target, {
    get(object, property) {
      const member: unknown = Reflect.get(object, property);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]) => {
        notice(String(property));
        return answer(Reflect.apply(member, object, parameters));
      };
    },
  });
}

/** A stub of an object is callable and has whatever method it is asked for. */
function isStub(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** The same bindings behind counters: every read and write of KV, every call to an object. */
export function counted(env: Env): { readonly env: Env; readonly counts: Counts } {
  const counts = { kv_reads: 0, kv_writes: 0, vault_calls: 0 };
  const KV = watched(env.KV, (method) => {
    if (method === "put" || method === "delete") counts.kv_writes += 1;
    else counts.kv_reads += 1;
  });
  const callVault = (): void => {
    counts.vault_calls += 1;
  };
  const VAULT = watched(
    env.VAULT,
    () => {},
    (stub) => (isStub(stub) ? watched(stub, callVault) : stub),
  );
  return { env: { ...env, KV, VAULT }, counts };
}
