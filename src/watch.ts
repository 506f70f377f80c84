import { systemClock as clock } from "./model/clock.ts";
import type { WatchEvent, WatchOptions } from "./model/watch.ts";
import { catalogWith } from "./run/catalog.ts";
import { checkOptions } from "./run/check.ts";
import { LiveView } from "./run/live-view.ts";
import { Rounds } from "./run/rounds.ts";
import { Stop } from "./run/stop.ts";
import { WatchReport } from "./run/watch-report.ts";
import { strategiesOf } from "./strategies.ts";

/** How long strategies may take to end once the watch has, in milliseconds. The contract says 100. */
const GRACE_MS = 150;

/**
 * Keeps watching what runs at the targets: what is there appears as it is found, and from then on every change is told.
 * Strategies that can watch run on; the others look again every `intervalMs`. Goes on until `signal`, or until nobody
 * reads; starts nothing before it is iterated. Iterating throws a `DiscoverError` for options that make no sense.
 */
export function watch(options: WatchOptions = {}): AsyncIterable<WatchEvent> {
  return { [Symbol.asyncIterator]: () => run(options) };
}

async function* run(options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
  checkOptions(options);
  const catalog = await catalogWith(options.catalog);
  const strategies = await strategiesOf(options.strategies);
  const view = new LiveView(catalog);
  const report = new WatchReport(view, clock);
  const stop = new Stop(options.signal, undefined);
  const { signal } = stop;
  const rounds = new Rounds({ options, strategies, catalog, clock, view, report, signal });
  const running = rounds.run().catch((error: unknown) => report.fail(error));
  try {
    yield* report.events(signal);
  } finally {
    stop.now();
    await withGrace(running);
  }
}

/** A strategy that does not stop when told keeps nobody. */
async function withGrace(running: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE_MS);
  });
  await Promise.race([running, over]);
  clearTimeout(timer);
}
