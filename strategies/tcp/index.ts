import { untilTaken } from "../../src/identify/kept-session.ts";
import { REASONS, namedAs, seenOf } from "../../src/identify/seen.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Scope, Strategy, StrategyContext, SweptEndpoint } from "../../src/model/strategy.ts";

/** Connects to every endpoint of the scope and names what speaks on the open ones. */
const tcp: Strategy = {
  name: "tcp",
  summary: "Connects to ports and names what speaks there",
  test: async (scope, context) => (await import("./try-loopback.ts")).tryLoopback(scope, context),
  observe(scope, context) {
    const { scanner } = context;
    return scanner.each(
      scanner.sweep(scope),
      (swept) => observeSwept(swept, scope, context),
      ({ endpoint }) => endpoint.address,
    );
  },
};

export default tcp;

async function observeSwept(
  swept: SweptEndpoint,
  scope: Scope,
  context: StrategyContext,
): Promise<Observation> {
  const seen = seenOf(tcp.name, swept, scope, context);
  const at = (): number => context.clock.now();
  if (swept.outcome !== "open" || !scope.identify)
    return { ...seen, at: at(), reason: REASONS[swept.outcome] };
  const found = await context.identify(swept);
  const observed = { ...seen, at: at(), ...namedAs(found) };
  // It is over when somebody else answers for what it left open: so as many run at once as there are sockets for.
  await untilTaken(found);
  return observed;
}
