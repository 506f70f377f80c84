/** How long apart two copies of one packet may come over two interfaces, in milliseconds. */
const APART_MS = 200;
/** Packets that are remembered at once. */
const MOST_PACKETS = 64;

interface Heard {
  readonly link: object;
  readonly address: string;
  readonly bytes: Uint8Array;
  readonly at: number;
}

/**
 * Where two interfaces of this machine are on one network, every packet comes over each, and every IPv4 socket hears
 * both. A packet counts on the link that heard it first.
 */
export class RepeatFilter {
  readonly #now: () => number;
  #recent: Heard[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether these bytes of this sender were just heard on another link. */
  isRepeat(link: object, address: string, bytes: Uint8Array): boolean {
    const at = this.#now();
    this.#recent = this.#recent.filter((one) => at - one.at < APART_MS).slice(1 - MOST_PACKETS);
    const known = this.#recent.find(
      (one) => one.address === address && Buffer.compare(one.bytes, bytes) === 0,
    );
    if (known !== undefined) return known.link !== link;
    this.#recent.push({ link, address, bytes, at });
    return false;
  }
}
