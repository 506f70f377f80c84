import type { Outcome, OutcomeListener } from "../model/outcome.ts";
import type { UnknownPlace } from "../model/plan.ts";

export interface PlacesOptions {
  /** Whether ARP or neighbour discovery looks for an address, so that silence there means that nobody has it. */
  readonly isNear: (address: string) => boolean;
  /** Whether an address was named by itself, so that somebody is expected there. */
  readonly isExpected: (address: string) => boolean;
  /** Whether it matters what is at a port. */
  readonly matters: (port: number) => boolean;
}

/** What is known of one address. */
interface Host {
  /** Something of it answered, or one of its ports kept silent that ARP does not speak for. */
  isSomebody: boolean;
  /** By outcome, ports that matter. */
  readonly unknown: Map<Outcome, Set<number>>;
}

/** So many endpoints are kept in mind; a run with more unknown ones knows too little to plan on anyway. */
const MOST_UNKNOWN = 1_000_000;

/**
 * Where something may be that a run did not see. `closed` is a fact and `filtered` is none; and an address of this machine's
 * own links that nobody has (ARP, RFC 826, went unanswered) is empty, unless it was named by itself: then its host is down,
 * and what runs on it when it is up is not known.
 */
export class Places {
  readonly #options: PlacesOptions;
  readonly #hosts = new Map<string, Host>();
  #count = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** For `DiscoverOptions.onOutcome`. */
  readonly take: OutcomeListener = (address, port, outcome) => {
    const host = this.#hostAt(address);
    if (outcome !== "unreachable" && outcome !== "failed") host.isSomebody = true;
    if (outcome === "open" || outcome === "closed" || !this.#options.matters(port)) return;
    if (this.#count >= MOST_UNKNOWN) return;
    const ports = host.unknown.get(outcome) ?? new Set();
    if (!ports.has(port)) this.#count++;
    host.unknown.set(outcome, ports.add(port));
  };

  /** There were more than are kept: whatever was not seen may be anywhere. */
  get isOverrun(): boolean {
    return this.#count >= MOST_UNKNOWN;
  }

  /** By address and outcome, in the order of arrival. */
  get unknown(): UnknownPlace[] {
    return [...this.#hosts].flatMap(([address, host]) =>
      [...host.unknown]
        .filter(([outcome]) => outcome !== "unreachable" || !this.#isEmpty(address, host))
        .map(([outcome, ports]) => ({ address, outcome, ports: [...ports].toSorted((a, b) => a - b) })),
    );
  }

  #isEmpty(address: string, { isSomebody }: Host): boolean {
    return !isSomebody && this.#options.isNear(address) && !this.#options.isExpected(address);
  }

  #hostAt(address: string): Host {
    const known = this.#hosts.get(address);
    if (known !== undefined) return known;
    const host: Host = { isSomebody: false, unknown: new Map() };
    this.#hosts.set(address, host);
    return host;
  }
}
