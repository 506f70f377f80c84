/** As many hosts, or this part of the living, must show it. */
const SEVERAL = 4;
const PART = 0.1;
/** What is known of more hosts than this is forgotten. */
const MOST_HOSTS = 65_536;

/**
 * Whether something that was seen at hosts is common, or the peculiarity of a few: what one host does is no reason to treat all
 * others differently.
 */
export class Evidence {
  readonly #hosts = new Map<string, number>();

  /** How often it was seen there by now. */
  add(address: string): number {
    const seen = (this.#hosts.get(address) ?? 0) + 1;
    if (this.#hosts.size >= MOST_HOSTS) this.#hosts.clear();
    this.#hosts.set(address, seen);
    return seen;
  }

  /**
   * @param living Hosts that have answered.
   * @param all Hosts that are looked at.
   */
  isCommon(living: number, all: number): boolean {
    const { size } = this.#hosts;
    return size >= all || size >= Math.max(SEVERAL, living * PART);
  }
}
