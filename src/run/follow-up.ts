import { leadsOffLink } from "../model/announcement.ts";
import type { Observation } from "../model/observation.ts";
import type { Strategy } from "../model/strategy.ts";
import type { Ground } from "./ground.ts";

/** Announcements of one strategy that are kept. */
const MOST_ANNOUNCEMENTS = 8_192;

/** What becomes of what is announced: it belongs to what is looked at, or not, and the sweep is told of it. */
export class FollowUp {
  readonly #ground: Ground;
  readonly #counts = new Map<Strategy, number>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Whether an observation of a strategy that announces is one of this run; if so, the sweep looks there. */
  admit(strategy: Strategy, observation: Observation): boolean {
    const { endpoint, hostnames = [], announcement, outcome } = observation;
    if (!this.#hasRoom(strategy) || !this.#ground.admits(endpoint.address)) return false;
    // A host on the link may say what it likes: nobody is sent elsewhere by its word.
    const isReachable = endpoint.transport === "tcp" && !leadsOffLink(announcement);
    if (outcome === "announced" && isReachable && !this.#ground.announced.add({ endpoint, hostnames }))
      this.#leaveOut("more is announced than is looked at: the rest is reported as it was announced");
    return true;
  }

  /** Words cost nothing to those who announce. */
  #hasRoom(strategy: Strategy): boolean {
    const count = (this.#counts.get(strategy) ?? 0) + 1;
    this.#counts.set(strategy, count);
    if (count > MOST_ANNOUNCEMENTS)
      this.#leaveOut(`strategy ${strategy.name} was told of more than is kept: the rest is left out`);
    return count <= MOST_ANNOUNCEMENTS;
  }

  #leaveOut(warning: string): void {
    const { log, scanner } = this.#ground.context;
    log.warn(warning);
    scanner.cutShort();
  }
}
