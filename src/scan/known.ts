import type { Endpoint } from "../model/endpoint.ts";

/**
 * Endpoints that were open before. Who knows them wants to know which of them refuse now, and changes nothing by that; where a
 * run is small, which endpoints refuse at all.
 */
export class KnownOpen {
  readonly endpoints: readonly Endpoint[];
  readonly #refused: (endpoint: Endpoint) => void;
  readonly #keys: ReadonlySet<string>;
  readonly #ports: ReadonlySet<number>;
  readonly #tellsAll: boolean;

  constructor(endpoints: readonly Endpoint[], refused: (endpoint: Endpoint) => void, tellsAll = false) {
    this.#tellsAll = tellsAll;
    this.endpoints = endpoints.filter(({ transport }) => transport === "tcp");
    this.#refused = refused;
    this.#keys = new Set(this.endpoints.map(({ address, port }) => keyOf(address, port)));
    this.#ports = new Set(this.endpoints.map(({ port }) => port));
  }

  /** Told of every probe that was refused: mostly it is none of these, and its address need not be written out. */
  refusedAt(port: number, addressOf: () => string): void {
    if (!this.#tellsAll && !this.#ports.has(port)) return;
    const address = addressOf();
    if (this.#tellsAll || this.#keys.has(keyOf(address, port)))
      this.#refused({ address, port, transport: "tcp" });
  }
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
