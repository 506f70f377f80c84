import { errorCode } from "../model/error-code.ts";
import { readInterfaces } from "../net/machine.ts";

/** Asks for all addresses of a name. Rejects where there are none. */
export type LookUp = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/** What a host's name came to. */
export type HostAddresses =
  | { readonly kind: "found"; readonly addresses: readonly string[] }
  | { readonly kind: "failed"; readonly reason: string };

const LOOPBACK = ["127.0.0.1", "::1"];
/** A name that stands for more hosts than this is nobody's server. */
const MOST_ADDRESSES = 4;
/** Every address, which is no address of anybody; name servers that block a name answer so. */
const UNSPECIFIED = /^[0.:]+$/;

/** The addresses that stand in a host without asking anybody: an IP address, or localhost (RFC 6761, section 6.3). */
export function literalAddresses(host: string): readonly string[] | undefined {
  if (/^localhost\.?$/i.test(host)) return loopback();
  return host.includes(":") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? [host] : undefined;
}

/** Those that this machine has: many a container has no IPv6. */
function loopback(): readonly string[] {
  const own = new Set(readInterfaces().map(({ address }) => address));
  const found = LOOPBACK.filter((address) => own.has(address));
  return found.length > 0 ? found : LOOPBACK;
}

/** Looks each host up once, however often it is asked for. */
export class HostBook {
  readonly #lookUp: LookUp;
  readonly #known = new Map<string, Promise<HostAddresses>>();
  readonly #signal: AbortSignal;

  /** `signal` ends all look-ups that can be ended. */
  constructor(lookUp: LookUp, signal: AbortSignal) {
    this.#lookUp = lookUp;
    this.#signal = signal;
  }

  /** Undefined when `signal` fires first: the look-up goes on for whoever else asks. Never rejects. */
  async addressesOf(host: string, signal: AbortSignal): Promise<HostAddresses | undefined> {
    const key = host.toLowerCase();
    const known = this.#known.get(key) ?? this.#begin(key);
    this.#known.set(key, known);
    return unlessAborted(known, signal);
  }

  async #begin(host: string): Promise<HostAddresses> {
    try {
      return usable(literalAddresses(host) ?? (await this.#lookUp(host, this.#signal)));
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error) };
    }
  }
}

function usable(found: readonly string[]): HostAddresses {
  const hosts = found.filter((address) => !UNSPECIFIED.test(address));
  if (hosts.length > 0) return { kind: "found", addresses: [...new Set(hosts)].slice(0, MOST_ADDRESSES) };
  const reason = found.length > 0 ? `its address is ${found[0]}, no host` : "name not found";
  return { kind: "failed", reason };
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code === "ENOTFOUND" || code === "ENODATA") return "name not found";
  if (code === "EAI_AGAIN") return "no answer from the name server";
  return `look-up failed: ${code ?? String(error)}`;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
