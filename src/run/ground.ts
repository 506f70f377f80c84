import { createIdentifier } from "../identify/identifier.ts";
import type { Names } from "../identify/names.ts";
import { REASONS } from "../identify/seen.ts";
import type { Catalog } from "../model/catalog.ts";
import { systemClock as clock } from "../model/clock.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { DiscoverOptions } from "../model/options.ts";
import type { Scope, Strategy, StrategyContext } from "../model/strategy.ts";
import { systemNet as net } from "../net/index.ts";
import { Announced, type AnnouncedEndpoint } from "../scan/announced.ts";
import { KnownOpen } from "../scan/known.ts";
import { createScanner } from "../scan/scanner.ts";
import { countProbes } from "../scan/size.ts";
import type { Tally } from "../scan/tally.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import { shareOut } from "./share-out.ts";
import type { Survey } from "./survey.ts";

/** What strategies stand on: what to look at, and what to look with. */
export interface Ground {
  readonly scope: Scope;
  readonly context: StrategyContext;
  readonly announced: Announced;
  readonly admits: (address: string) => boolean;
  readonly checkpoint: Checkpoint | undefined;
}

export interface GroundOptions {
  readonly options: DiscoverOptions;
  readonly strategies: readonly Strategy[];
  readonly catalog: Catalog;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly warn: (warning: string) => void;
  /** Endpoints to look at besides the scope's, and to report whatever their outcome. */
  readonly follow?: readonly AnnouncedEndpoint[];
  /** Who keeps account of the run. */
  readonly checkpoint?: Checkpoint | undefined;
  /** What was named in earlier rounds. */
  readonly names?: Names;
}

/** Who asks about so few endpoints may ask again: those that refuse are remembered, too. More would cost every scan. */
const FEW_REFUSALS = 64;

/** A scanner, and the context of the strategies. Sends nothing. */
export function layGround({ scope, isOwn, isTarget, admits }: Survey, given: GroundOptions): Ground {
  const { options, strategies, catalog, tally, signal, warn, follow = [] } = given;
  const announced = new Announced(strategies.some(({ announces }) => announces === true));
  for (const endpoint of follow) announced.follow(endpoint);
  const scanner = createScanner({
    net,
    ...shareOut(options, isOwn),
    ...(given.checkpoint && { account: given.checkpoint }),
    ...(options.onOutcome && { onOutcome: options.onOutcome }),
    announced,
    ...(options.known && {
      known: new KnownOpen(options.known, refusalTold(options), countProbes(scope) <= FEW_REFUSALS),
    }),
    tally,
    clock,
    signal,
  });
  const log = { debug: options.onDebug ?? (() => {}), warn };
  const tools = { scanner, net, catalog, clock, isOwn, isTarget, signal, log };
  const context = { ...tools, identify: createIdentifier(scope, tools, given.names) };
  return { scope, context, announced, admits, checkpoint: given.checkpoint };
}

/** The sweep's own word: no strategy is asked, and no document changes. */
function refusalTold({ onObservation }: DiscoverOptions): (endpoint: Endpoint) => void {
  const met = { strategy: "sweep", outcome: "closed", reason: REASONS.closed } as const;
  return (endpoint) => onObservation?.({ ...met, at: clock.now(), endpoint });
}
