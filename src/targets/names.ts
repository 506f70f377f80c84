import { setTimeout } from "node:timers/promises";

import type { AddressRange } from "../model/target.ts";
import { parseAddress } from "./address.ts";
import type { Lookups } from "./lookups.ts";
import { shown } from "./token.ts";

/** So many names are looked up at once; getaddrinfo(3) itself has four threads of Node's. */
const LOOKUPS_AT_ONCE = 16;

/** What a look-up came to: addresses, or why there are none. */
export type NameResult =
  | { readonly kind: "found"; readonly addresses: readonly AddressRange[] }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * Looks every name up, once. A name that fails is a result; only `signal` ends it early, and then its reason is
 * thrown.
 */
export async function lookUpAll(
  names: ReadonlySet<string>,
  lookups: Lookups,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NameResult>> {
  signal.throwIfAborted();
  const results = new Map<string, NameResult>();
  const waiting = names.values();
  const worker = async (): Promise<void> => {
    // Workers share one iterator: each draws the next name when it is free.
    for (const name of waiting) {
      if (signal.aborted) return;
      results.set(name, await lookUp(name, lookups, signal));
    }
  };
  const workers = Array.from({ length: Math.min(LOOKUPS_AT_ONCE, names.size) }, worker);
  await unlessAborted(Promise.all(workers), signal);
  return results;
}

async function lookUp(name: string, lookups: Lookups, signal: AbortSignal): Promise<NameResult> {
  try {
    const texts = await within(lookups.nameTimeoutMs, lookups.addressesOf(name, signal));
    if (texts !== undefined) return usable(texts);
    return { kind: "failed", reason: `no answer within ${lookups.nameTimeoutMs / 1_000} s` };
  } catch (error) {
    return { kind: "failed", reason: reasonOf(error) };
  }
}

/** Undefined where the promise takes longer. What comes of it later is nobody's. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const timeout = setTimeout(ms, undefined, { signal: over.signal }).catch(() => {});
  try {
    return (await Promise.race([promise, timeout])) ?? undefined;
  } finally {
    over.abort();
  }
}

/** Name servers that block a name answer 0.0.0.0 or ::, and a connect to that would reach this machine. */
function usable(texts: readonly string[]): NameResult {
  const addresses = texts.map(parseAddress).filter((address) => address !== undefined);
  const hosts = addresses.filter((address) => address.first !== 0n);
  if (hosts.length > 0) return { kind: "found", addresses: hosts };
  return {
    kind: "failed",
    reason: addresses.length > 0 ? "its address is 0.0.0.0, no host" : "name not found",
  };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOTFOUND" || code === "ENODATA" || code === "ENONAME") return "name not found";
  if (code === "EAI_AGAIN" || code === "ETIMEOUT" || code === "ESERVFAIL")
    return "no answer from the name server";
  return `look-up failed: ${shown(typeof code === "string" ? code : String(error))}`;
}

/** The promise, or a throw as soon as `signal` fires: a look-up may not listen to it (getaddrinfo(3) cannot). */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, stop } = rejection(signal);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function rejection(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let reject: (reason: unknown) => void;
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  return { promise, stop: () => reject(signal.reason) };
}
