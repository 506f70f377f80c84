import type { Endpoint } from "../model/endpoint.ts";

/** An endpoint that somebody announced, and the names it was announced with. */
export interface AnnouncedEndpoint {
  readonly endpoint: Endpoint;
  readonly hostnames: readonly string[];
}

/** So many are looked at in a run, whatever strangers announce. */
const MOST_ANNOUNCED = 4_096;
/** And so many at one address: nobody is to make others knock at all doors of a third. */
const MOST_AT_ONE = 64;

/** What strategies that announce have found, for the sweep to look at: each endpoint once. */
export class Announced {
  readonly #known = new Map<string, AnnouncedEndpoint>();
  readonly #atAddress = new Map<string, number>();
  #waiting: AnnouncedEndpoint[] = [];
  #open: boolean;
  #followed = 0;
  #wake: () => void = () => {};

  /** `open`: whether somebody announces at all. */
  constructor(open: boolean) {
    this.#open = open;
  }

  /** False where there are too many already. */
  add(announced: AnnouncedEndpoint): boolean {
    const key = keyOf(announced.endpoint);
    if (!this.#open || this.#known.has(key)) return true;
    const here = this.#atAddress.get(announced.endpoint.address) ?? 0;
    if (this.#known.size - this.#followed >= MOST_ANNOUNCED || here >= MOST_AT_ONE) return false;
    this.#atAddress.set(announced.endpoint.address, here + 1);
    this.#put(key, announced);
    return true;
  }

  /**
   * As if it were announced, whoever announces and however many do: what was seen before is looked at again. Where the
   * sweep is over it stays to be taken.
   */
  follow(announced: AnnouncedEndpoint): void {
    const key = keyOf(announced.endpoint);
    if (this.#known.has(key)) return;
    this.#followed++;
    this.#put(key, announced);
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

  #put(key: string, announced: AnnouncedEndpoint): void {
    this.#known.set(key, announced);
    this.#waiting.push(announced);
    this.#wake();
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
