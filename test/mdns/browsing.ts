import { Browser, type BrowserEvent } from "../../src/mdns/browser.ts";
import { type Wishes, wishForAll } from "../../src/mdns/wishes.ts";
import type { MulticastLink } from "../../src/model/multicast.ts";
import { FakeNetwork } from "./fake-network.ts";
import { FakeTime } from "./fake-time.ts";

export interface BrowsingOptions {
  readonly wishes?: Wishes;
  readonly watch?: boolean;
  /** This machine's own addresses. */
  readonly own?: readonly string[];
}

/** A browser on a network that is not there. */
export interface Browsing {
  readonly time: FakeTime;
  readonly network: FakeNetwork;
  readonly browser: Browser;
  readonly stop: AbortController;
  readonly events: BrowserEvent[];
  readonly sends: [link: MulticastLink, fault: string | undefined][];
  overflows(): number;
  /** Begins on these links; resolves when the browser has ended. */
  start(links: readonly MulticastLink[]): Promise<void>;
  /** `announced Dr. Foo 10.0.0.9`, in order. */
  told(): string[];
}

export function browsing({
  wishes = wishForAll([]),
  watch = false,
  own = [],
}: BrowsingOptions = {}): Browsing {
  const time = new FakeTime();
  const stop = new AbortController();
  const events: BrowserEvent[] = [];
  const sends: [MulticastLink, string | undefined][] = [];
  let overflows = 0;
  const browser = new Browser({
    wishes,
    timers: time,
    watch,
    isOwn: (address) => own.includes(address),
    signal: stop.signal,
    random: () => 0.5,
    onSent: (link, fault) => void sends.push([link, fault]),
    onOverflow: () => void overflows++,
  });
  const network = new FakeNetwork(time, (packet) => browser.hear(packet));
  return {
    time,
    network,
    browser,
    stop,
    events,
    sends,
    overflows: () => overflows,
    async start(links) {
      browser.useLinks(links);
      for await (const event of browser.events()) events.push(event);
    },
    told: () =>
      events.map(({ kind, found }) => `${kind} ${found.announcement.instance} ${found.endpoint.address}`),
  };
}
