import type { Endpoint } from "../model/endpoint.ts";

/** An endpoint that somebody announced, and the names it was announced with. */
export interface AnnouncedEndpoint {
  readonly endpoint: Endpoint;
  readonly hostnames: readonly string[];
}

/** So many are looked at in a run, whatever strangers announce. */
const MOST_ANNOUNCED = 4_096;

/** What strategies that announce have found, for the sweep to look at: each endpoint once. */
export class Announced {
  readonly #known = new Map<string, AnnouncedEndpoint>();
  #waiting: AnnouncedEndpoint[] = [];
  #open: boolean;
  #wake: () => void = () => {};

  /** `open`: whether somebody announces at all. */
  constructor(open: boolean) {
    this.#open = open;
  }

  /** False where there are too many already. */
  add(announced: AnnouncedEndpoint): boolean {
    const key = keyOf(announced.endpoint);
    if (!this.#open || this.#known.has(key)) return true;
    if (this.#known.size >= MOST_ANNOUNCED) return false;
    this.#known.set(key, announced);
    this.#waiting.push(announced);
    this.#wake();
    return true;
  }

  /** No more will be announced. */
  end(): void {
    this.#open = false;
    this.#wake();
  }

  /** Nothing waits, and nothing more comes. */
  get isOver(): boolean {
    return !this.#open && this.#waiting.length === 0;
  }

  take(): AnnouncedEndpoint | undefined {
    return this.#waiting.shift();
  }

  /** Whether anything was announced at all. */
  get isEmpty(): boolean {
    return this.#known.size === 0;
  }

  find(endpoint: Endpoint): AnnouncedEndpoint | undefined {
    return this.#known.get(keyOf(endpoint));
  }

  /** Calls `wake` when there is something to take, or it is over. */
  onChange(wake: () => void): void {
    this.#wake = wake;
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
