import type { Clock } from "../../src/model/clock.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import type { ConnectOutcome, Net, ProbeEnd, Prober } from "../../src/model/net.ts";
import type { Scope } from "../../src/model/strategy.ts";
import { formatIpv4 } from "../../src/targets/ipv4.ts";
import { scopeOf as bareScope } from "../strategies/bench.ts";
import { netOf } from "./no-net.ts";

/** How the next connect to an endpoint ends; `silent` never does. */
export type Answer =
  | ConnectOutcome
  | "silent"
  | { readonly outcome: ConnectOutcome; readonly latencyMs: number };
/** `attempt` counts the connects to that endpoint, from 0. */
export type Script = (address: string, port: number, attempt: number) => Answer;

/** A network that answers as its script has it, one turn of the event loop later. */
export class FakeNet implements Pick<Net, "prober"> {
  /** Endpoints in the order in which connects were begun. */
  readonly begun: string[] = [];
  cancelled = 0;
  inFlight = 0;
  mostInFlight = 0;
  readonly mostPerHost = new Map<string, number>();
  readonly #perHost = new Map<string, number>();
  readonly #attempts = new Map<string, number>();
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  readonly prober = (ended: ProbeEnd): Prober => {
    const leaves = new Map<number, () => boolean>();
    return {
      connect: (slot, address, port) => {
        const leave = this.#connect(address, port, (outcome, latencyMs) => ended(slot, outcome, latencyMs));
        leaves.set(slot, leave);
      },
      cancel: (slot) => {
        if (leaves.get(slot)?.() === true) this.cancelled++;
      },
      close: () => {},
    };
  };

  #connect(
    address: string,
    port: number,
    done: (outcome: ConnectOutcome, latencyMs: number) => void,
  ): () => boolean {
    const key = `${address} ${port}`;
    const attempt = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempt + 1);
    this.begun.push(key);
    this.#count(address, 1);
    const answer = this.#script(address, port, attempt);
    let over = false;
    const leave = (): boolean => {
      if (over) return false;
      over = true;
      this.#count(address, -1);
      return true;
    };
    if (answer !== "silent") {
      const { outcome, latencyMs } = typeof answer === "string" ? { outcome: answer, latencyMs: 1 } : answer;
      setImmediate(() => leave() && done(outcome, latencyMs));
    }
    return leave;
  }

  /** The whole contract; only `prober` is to be called. */
  get net(): Net {
    return netOf({ prober: this.prober });
  }

  #count(address: string, by: number): void {
    this.inFlight += by;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    const there = (this.#perHost.get(address) ?? 0) + by;
    this.#perHost.set(address, there);
    this.mostPerHost.set(address, Math.max(this.mostPerHost.get(address) ?? 0, there));
  }
}

/** A clock that stands until it is moved. */
export class FakeClock implements Clock {
  ms = 1_000;
  now = (): number => this.ms;
  monotonic = (): number => this.ms;
}

/** 10.0.0.0, where `hosts` begins. */
export const FIRST = 0x0a_00_00_00;

export function hostAt(index: number): string {
  return formatIpv4(FIRST + index);
}

export interface ScopeShape {
  readonly hosts: number;
  readonly ports: readonly number[];
  readonly extra?: readonly Endpoint[];
  readonly timeoutMs?: number;
}

export function scopeOf({ hosts, ports, extra = [], timeoutMs = 60_000 }: ScopeShape): Scope {
  const range = { family: 4, first: BigInt(FIRST), last: BigInt(FIRST + hosts - 1) } as const;
  const targets = {
    ranges: hosts === 0 ? [] : [range],
    count: hosts,
    hostnames: new Map<string, string[]>(),
    sameHost: new Map<string, string[]>(),
    labels: ["10.0.0.0"],
  };
  return bareScope({ targets, ports, extra, identify: false, timeoutMs, httpTimeoutMs: timeoutMs });
}

/** 1 to `count`. */
export function portsTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
