import { decodeMessage } from "../dns/decode.ts";
import type { DnsMessage, DnsRecord, Name, Question, RecordType } from "../dns/message.ts";
import { isUnder } from "../dns/name.ts";
import type { MulticastLink, MulticastPacket } from "../model/multicast.ts";
import { RecordCache } from "./cache.ts";
import { FloodGuard } from "./flood-guard.ts";
import { isCredible } from "./host-address.ts";
import { queryPackets } from "./query.ts";
import { Schedule } from "./schedule.ts";
import type { Timers } from "./timers.ts";

/** RFC 6762, section 3. */
export const LOCAL: Name = ["local"];
const PORT = 5353;
/** RFC 6762, section 17: no packet is longer. */
const MOST_BYTES = 9_000;
/** Where nobody watches, a question is asked so many times: at 0, 1 and 3 s. */
const MOST_ASKS = 3;
/** What comes within so many milliseconds is looked at together. */
const TOGETHER_MS = 20;
/** RFC 6762, section 10.4: what is in doubt and not heard again by then is gone. */
const DOUBT_MS = 10_000;
const DOUBT_ASKS = 3;

/** The records of one name and type. */
export interface RecordSet {
  readonly name: Name;
  readonly type: RecordType;
}

/** What is wanted of a link, as far as its cache tells. */
export interface Wanted {
  readonly questions: readonly Question[];
  /** What is known and has to be kept fresh. */
  readonly kept: readonly RecordSet[];
}

export interface QuerierOptions {
  readonly timers: Timers;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
  /** Asks without an end, and asks anew before what is known ends. */
  readonly watch: boolean;
  /** Pure, and quick. */
  readonly wanted: (cache: RecordCache) => Wanted;
  /** Whether an address is one of this machine's. */
  readonly isOwn: (address: string) => boolean;
  /** Something came, or went, or it was asked again. */
  readonly onStep: () => void;
  /** After each packet: the system's error code where it could not be sent. */
  readonly onSent: (link: MulticastLink, fault: string | undefined) => void;
}

/** One link's questions and answers (RFC 6762): both families of one interface. */
export class Querier {
  readonly cache: RecordCache;
  readonly #options: QuerierOptions;
  readonly #schedule: Schedule;
  readonly #guard = new FloodGuard();
  /** The ids of one-shot questions, by which their answers are known. */
  readonly #ids = new Map<MulticastLink, number>();
  #links: readonly MulticastLink[] = [];
  #kept: readonly RecordSet[] = [];
  #cancel: () => void = () => {};
  #timerAt = Number.POSITIVE_INFINITY;
  #askedAt: number;
  #newsAt: number;
  #closed = false;

  constructor(options: QuerierOptions) {
    this.#options = options;
    this.cache = new RecordCache(options.random);
    this.#schedule = new Schedule(options.random, options.watch ? Number.POSITIVE_INFINITY : MOST_ASKS);
    this.#askedAt = this.#newsAt = options.timers.now();
  }

  /** Everything was asked as often as it is going to be. */
  get exhausted(): boolean {
    return this.#schedule.exhausted;
  }

  /** When there last was news, or anything was asked. */
  get busyAt(): number {
    return Math.max(this.#newsAt, this.#askedAt);
  }

  /** More was heard than is read or kept. */
  get overflowed(): boolean {
    return this.cache.overflowed || this.#guard.overflowed;
  }

  /** How often that was asked since it is wanted. */
  asks(name: Name, type: RecordType): number {
    return this.#schedule.asks(name, type);
  }

  /** From now on asks on these links. What was heard on others is in doubt (RFC 6762, section 10.3). */
  useLinks(links: readonly MulticastLink[]): void {
    const now = this.#options.timers.now();
    const fresh = links.filter((link) => !this.#links.includes(link));
    const lost = this.#links.some((link) => !links.includes(link));
    this.#links = links;
    for (const link of this.#ids.keys()) if (!links.includes(link)) this.#ids.delete(link);
    for (const link of fresh) {
      if (link.mode === "one-shot") this.#ids.set(link, 1 + Math.floor(this.#options.random() * 65_535));
    }
    if (fresh.length > 0) this.#schedule.restart(now);
    if (lost) {
      this.cache.doubt(now + DOUBT_MS);
      this.#schedule.askBeside(this.#kept, DOUBT_ASKS, now);
    }
    this.#step();
  }

  /** Takes in a packet. Total on any bytes. */
  hear(packet: MulticastPacket): void {
    const { link, bytes, address, port, own } = packet;
    const now = this.#options.timers.now();
    if (this.#closed || bytes.length > MOST_BYTES || !this.#guard.admits(address, now)) return;
    // RFC 6762, section 6: a response from any other port is to be ignored; a query from one is no querier's.
    if (port !== PORT || !this.#links.includes(link)) return;
    const message = decodeMessage(bytes);
    // RFC 6762, sections 18.3 and 18.11.
    if (message === undefined || message.opcode !== 0 || message.rcode !== 0) return;
    if (message.response) this.#hearResponse(message, packet, now);
    else if (!own && link.mode === "group") this.#hearQuery(message, now);
  }

  /** What we were told does not hold: asks again, and believes it no longer than 10 s without an answer (section 10.4). */
  reconfirm(name: Name, type: RecordType): void {
    const now = this.#options.timers.now();
    this.cache.doubt(now + DOUBT_MS, name, type);
    this.#schedule.askBeside([{ name, type }], DOUBT_ASKS, now);
    this.#step();
  }

  /** No timer is left. */
  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** TC says nothing in a response (section 18.5): what is there counts. */
  #hearResponse(message: DnsMessage, { link, address, own }: MulticastPacket, now: number): void {
    if (link.mode === "one-shot" && message.id !== this.#ids.get(link)) return;
    const speaker = { own, interface: link.interface, isOwn: this.#options.isOwn };
    const records = [...message.answers, ...message.additionals].filter(
      (one) => isLocal(one) && isCredible(one, speaker),
    );
    if (this.cache.take(records, address, now)) this.#newsAt = now;
    this.#arm(now + TOGETHER_MS);
  }

  /** RFC 6762, section 7.3: what somebody else asks, and would be answered as we would, need not be asked by us. */
  #hearQuery({ questions, answers, truncated }: DnsMessage, now: number): void {
    if (truncated || !answers.every((one) => this.cache.has(one))) return;
    for (const question of questions) {
      if (question.unicast !== true) this.#schedule.takeAsAsked(question, now);
    }
  }

  /** Forgets, asks, tells, and sleeps until there is something to do. */
  #step(): void {
    if (this.#closed) return;
    const now = this.#options.timers.now();
    this.#cancel();
    this.#timerAt = Number.POSITIVE_INFINITY;
    if (this.cache.expire(now)) this.#newsAt = now;
    const { questions, kept } = this.#options.wanted(this.cache);
    this.#kept = kept;
    this.#schedule.reconcile(questions, now);
    this.#ask([...this.#schedule.takeDue(now), ...this.#refreshes(kept, now)], now);
    const refreshAt = this.#options.watch
      ? kept.map(({ name, type }) => this.cache.nextRefresh(name, type))
      : [];
    this.#arm(least([this.#schedule.nextAt, this.cache.nextExpiry(), ...refreshAt]));
    this.#options.onStep();
  }

  #refreshes(kept: readonly RecordSet[], now: number): RecordSet[] {
    if (!this.#options.watch) return [];
    return kept.filter(({ name, type }) => this.cache.takeRefresh(name, type, now));
  }

  /**
   * Asks everybody on the link, by multicast, for multicast answers. The QU bit (section 5.4) would have them sent to
   * port 5353 of this machine, which is its own responder's.
   */
  #ask(questions: readonly Question[], now: number): void {
    if (questions.length === 0) return;
    this.#askedAt = now;
    const known = ({ name, type }: Question): DnsRecord[] =>
      type === "ANY" ? [] : this.cache.known(name, type, now);
    const inGroup = queryPackets(questions, { id: 0, unicast: false, known });
    for (const link of this.#links) {
      const id = this.#ids.get(link);
      const packets =
        id === undefined ? inGroup : queryPackets(questions, { id, unicast: true, known: none });
      for (const packet of packets) void this.#send(link, packet);
    }
  }

  async #send(link: MulticastLink, packet: Uint8Array): Promise<void> {
    const fault = await link.send(packet);
    if (!this.#closed) this.#options.onSent(link, fault);
  }

  #arm(at: number): void {
    if (this.#closed || at >= this.#timerAt) return;
    this.#cancel();
    this.#timerAt = at;
    const { timers } = this.#options;
    this.#cancel = timers.after(Math.max(0, at - timers.now()), () => this.#step());
  }
}

function least(times: readonly number[]): number {
  return times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** Answers to one-shot questions live too short for that (section 6.7). */
function none(): readonly DnsRecord[] {
  return [];
}

/** Multicast speaks for nothing else (RFC 6762, section 3). */
function isLocal({ name }: DnsRecord): boolean {
  return name.length > 1 && isUnder(name, LOCAL);
}
