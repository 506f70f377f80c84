import { Browser } from "../../src/mdns/browser.ts";
import { timersOf } from "../../src/mdns/timers.ts";
import { type Wishes, wishFor, wishForAll } from "../../src/mdns/wishes.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Scope, Strategy, StrategyContext } from "../../src/model/strategy.ts";
import { checkMdns } from "./check.ts";
import { observationOf } from "./observation.ts";
import { Troubles } from "./troubles.ts";

/** Asks the links of this machine what is there, and listens. */
const mdns: Strategy = {
  name: "mdns",
  summary: "Asks the local network what its hosts announce (mDNS, DNS-SD)",
  announces: true,
  observe: (scope, context) => browse(scope, context, false),
  watch: (scope, context) => browse(scope, context, true),
  test: checkMdns,
};

export default mdns;

async function* browse(
  scope: Scope,
  context: StrategyContext,
  watch: boolean,
): AsyncGenerator<Observation, void, undefined> {
  const { net, catalog, clock, signal, log, scanner } = context;
  const wishes = wishesOf(scope, context);
  if (signal.aborted || isNothing(wishes)) return;
  const troubles = new Troubles(scope, context);
  const timers = timersOf(clock);
  const browser = new Browser({
    wishes,
    timers,
    watch,
    isOwn: (address) => context.isOwn(address),
    signal,
    random: Math.random,
    onSent: (link, fault) => troubles.sent(link, fault),
    onOverflow: () => troubles.overflowed(),
  });
  const links = await net.multicast({
    interfaces: scope.interfaces,
    watch,
    onPacket: browser.hear,
    onLinks: () => useLinks(),
  });
  const useLinks = (): void => {
    troubles.opened(links);
    browser.useLinks(links.links);
  };
  try {
    useLinks();
    let count = 0;
    for await (const event of browser.events()) {
      count++;
      yield observationOf(event, { catalog, now: clock.now(), monotonic: timers.now() });
    }
    if (count === 0) log.debug("mDNS: nothing is announced");
    if (!troubles.couldAsk) scanner.cutShort();
  } finally {
    browser.close();
    await links.close();
  }
}

function wishesOf({ services }: Scope, { catalog, log }: StrategyContext): Wishes {
  if (services.length === 0)
    return wishForAll(catalog.entries.flatMap(({ dnsServices = [] }) => dnsServices));
  const wishes = wishFor(services);
  if (isNothing(wishes)) log.debug(`mDNS: ${services.join(", ")} cannot be on a link`);
  return wishes;
}

function isNothing({ enumerate, types, subtypes, instances }: Wishes): boolean {
  return !enumerate && types.length + subtypes.length + instances.length === 0;
}
