import type { Identification } from "../model/strategy.ts";

/**
 * What was named over HTTP in earlier rounds of a watch: to name a web server takes dozens of requests, and all of them
 * stand in its log. Other kinds cost a question, and are asked it anew.
 */
export class Names {
  readonly #known = new Map<string, Identification>();

  recall(endpoint: string): Identification | undefined {
    return this.#known.get(endpoint);
  }

  keep(endpoint: string, identification: Identification): void {
    if (identification.claim?.overHttp === true) this.#known.set(endpoint, identification);
  }

  /** It was not there, or did not speak HTTP: who comes next may be somebody else. */
  forget(endpoint: string): void {
    this.#known.delete(endpoint);
  }

  clear(): void {
    this.#known.clear();
  }
}
