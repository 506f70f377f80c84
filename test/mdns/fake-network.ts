import { decodeMessage } from "../../src/dns/decode.ts";
import type { DnsMessage, DnsRecord, Question } from "../../src/dns/message.ts";
import { sameName } from "../../src/dns/name.ts";
import { dataKey } from "../../src/mdns/record.ts";
import type { MulticastLink, MulticastPacket } from "../../src/model/multicast.ts";
import type { FakeTime } from "./fake-time.ts";
import { response } from "./records.ts";

/** What was sent, and when. */
export interface Sent {
  readonly at: number;
  readonly link: MulticastLink;
  readonly bytes: Uint8Array;
  readonly message: DnsMessage;
}

export interface FakeLinkShape {
  readonly interface?: string;
  readonly family?: 4 | 6;
  readonly mode?: MulticastLink["mode"];
  /** What `send` comes to. */
  readonly fault?: string;
}

/** Links without a wire, and responders that answer 30 ms later. */
export class FakeNetwork {
  readonly sent: Sent[] = [];
  readonly #time: FakeTime;
  readonly #hear: (packet: MulticastPacket) => void;
  readonly #responders: ((sent: Sent) => void)[] = [];

  constructor(time: FakeTime, hear: (packet: MulticastPacket) => void) {
    this.#time = time;
    this.#hear = hear;
  }

  link({ interface: name = "eth0", family = 4, mode = "group", fault }: FakeLinkShape = {}): MulticastLink {
    const link: MulticastLink = {
      interface: name,
      family,
      mode,
      isOnLink: (address) => /^(?:10\.|fd00:|fe80:)/.test(address),
      send: (bytes) => {
        if (fault === undefined) this.#take(link, bytes);
        return Promise.resolve(fault);
      },
    };
    return link;
  }

  /** Somebody on that link who has these records: answers as RFC 6762 asks, known answers left out. */
  respond(
    link: MulticastLink,
    records: () => readonly DnsRecord[],
    {
      address = "10.0.0.9",
      additionals = false,
    }: { readonly address?: string; readonly additionals?: boolean } = {},
  ): void {
    this.#responders.push(({ link: asked, message }) => {
      if (asked !== link) return;
      const answers = records().filter(
        (record) =>
          message.questions.some((question) => matches(question, record)) &&
          !message.answers.some((known) => isKnown(record, known)),
      );
      if (answers.length === 0) return;
      const more = additionals ? records().filter((one) => !answers.includes(one)) : [];
      const id = link.mode === "one-shot" ? message.id : 0;
      this.#time.after(30, () => this.say(link, response(answers, more, id), { address }));
    });
  }

  /** A packet on the link. */
  say(
    link: MulticastLink,
    bytes: Uint8Array,
    {
      address = "10.0.0.9",
      port = 5353,
      own = false,
    }: Partial<Pick<MulticastPacket, "address" | "port" | "own">> = {},
  ): void {
    this.#hear({ link, bytes, address, port, own });
  }

  /** When a question went out on a link, since the time began. */
  asked(text: string, link?: MulticastLink): number[] {
    const is = ({ name, type }: Question): boolean => `${name.join(".")} ${type}` === text;
    return this.sent
      .filter((one) => (link === undefined || one.link === link) && one.message.questions.some(is))
      .map(({ at }) => at);
  }

  #take(link: MulticastLink, bytes: Uint8Array): void {
    const message = decodeMessage(bytes);
    if (message === undefined) throw new Error("what was sent cannot be read");
    const sent = { at: this.#time.now(), link, bytes, message };
    this.sent.push(sent);
    for (const responder of this.#responders) responder(sent);
  }
}

function matches({ name, type }: Question, record: DnsRecord): boolean {
  return type === record.type && sameName(name, record.name);
}

/** RFC 6762, section 7.1: known with at least half of its TTL left. */
function isKnown(record: DnsRecord, known: DnsRecord): boolean {
  return (
    known.type === record.type &&
    sameName(known.name, record.name) &&
    dataKey(known) === dataKey(record) &&
    known.ttlSeconds * 2 >= record.ttlSeconds
  );
}
