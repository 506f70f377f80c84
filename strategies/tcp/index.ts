import { untilTaken } from "../../src/identify/kept-session.ts";
import { REASONS, namedAs, seenOf } from "../../src/identify/seen.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Scope, Strategy, StrategyContext, SweptEndpoint } from "../../src/model/strategy.ts";

/** Connects to every endpoint of the scope and names what speaks on the open ones. */
const tcp: Strategy = {
  name: "tcp",
  summary: "Connects to ports and names what speaks there",
  test: async (scope, context) => (await import("./try-loopback.ts")).tryLoopback(scope, context),
  async *observe(scope, context) {
    const { scanner } = context;
    const swept = scanner.sweep(scope);
    // Where nothing is asked nobody has to wait for a turn.
    if (!scope.identify) for await (const one of swept) yield asMet(one, scope, context);
    else
      yield* scanner.each(
        swept,
        (one) => observeSwept(one, scope, context),
        ({ endpoint }) => endpoint.address,
      );
  },
};

export default tcp;

function asMet(swept: SweptEndpoint, scope: Scope, context: StrategyContext): Observation {
  const seen = seenOf(tcp.name, swept, scope, context);
  return { ...seen, at: context.clock.now(), reason: REASONS[swept.outcome] };
}

async function observeSwept(
  swept: SweptEndpoint,
  scope: Scope,
  context: StrategyContext,
): Promise<Observation> {
  if (swept.outcome !== "open") return asMet(swept, scope, context);
  const seen = seenOf(tcp.name, swept, scope, context);
  const found = await context.identify(swept);
  const observed = { ...seen, at: context.clock.now(), ...namedAs(found) };
  // It is over when somebody else answers for what it left open: so as many run at once as there are sockets for.
  await untilTaken(found);
  return observed;
}
