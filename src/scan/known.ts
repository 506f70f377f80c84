import type { Endpoint } from "../model/endpoint.ts";

/** Endpoints that were open before. Who knows them wants to know which of them refuse now, and changes nothing by that. */
export class KnownOpen {
  readonly endpoints: readonly Endpoint[];
  readonly #refused: (endpoint: Endpoint) => void;
  readonly #keys: ReadonlySet<string>;
  readonly #ports: ReadonlySet<number>;

  constructor(endpoints: readonly Endpoint[], refused: (endpoint: Endpoint) => void) {
    this.endpoints = endpoints.filter(({ transport }) => transport === "tcp");
    this.#refused = refused;
    this.#keys = new Set(this.endpoints.map(({ address, port }) => keyOf(address, port)));
    this.#ports = new Set(this.endpoints.map(({ port }) => port));
  }

  /** Told of every probe that was refused: mostly it is none of these, and its address need not be written out. */
  refusedAt(port: number, addressOf: () => string): void {
    if (!this.#ports.has(port)) return;
    const address = addressOf();
    if (this.#keys.has(keyOf(address, port))) this.#refused({ address, port, transport: "tcp" });
  }
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
