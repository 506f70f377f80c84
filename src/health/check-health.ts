import type { HealthReport } from "../model/observation.ts";
import { Asker, type HealthSubject } from "./asker.ts";
import { decide } from "./decide.ts";
import { folded } from "./fold.ts";

/** Asked of everything: what most people call them. */
const USUAL = ["/health", "/ready"];
/** Asked of what nobody could name, besides: Kubernetes, Spring Boot, Prometheus and its kin, Rails. */
const CUSTOMARY = ["/healthz", "/actuator/health", "/-/healthy", "/up"];
/** Where one is met, the other is near. */
const SIBLINGS: ReadonlyMap<string, string> = new Map([
  ["/healthz", "/readyz"],
  ["/-/healthy", "/-/ready"],
]);
const MOST_OWN = 3;

/**
 * Asks a server that speaks HTTP for its health, with few requests at once over the session. The first report is the
 * one that counts (`decide`). None where nothing was answered at all.
 *
 * 1. The paths of its kind (`healthPaths`), and the usual ones; of what has no name, the customary ones too.
 * 2. Once per path, the path on the same host to which it has moved.
 * 3. The paths that come in pairs with those that told something, unless all answered alike.
 * 4. Where an answer is doubtful, or there was none, a path that is not there: who answers it the same has told nothing.
 *    Who answers it, and hangs or hangs up at a path for health, has.
 * 5. Where nothing was told, `GET /`.
 *
 * Reports that say the same are one.
 */
export async function checkHealth(subject: HealthSubject): Promise<HealthReport[]> {
  const asker = new Asker(subject);
  const { own, usual } = pathsFor(subject);
  await asker.ask([...own, ...usual]);
  if (!asker.isUniform) await asker.ask(asker.met.flatMap((path) => SIBLINGS.get(path) ?? []));
  if (asker.isInDoubt) await asker.castDoubt();
  return asker.findings.length > 0 ? folded(decide(asker.findings)) : asker.askRoot();
}

function pathsFor({ claim, catalog }: HealthSubject): { own: readonly string[]; usual: readonly string[] } {
  const entry = catalog.get(claim.type);
  const own = (entry?.healthPaths ?? []).slice(0, MOST_OWN);
  // What only carries HTTP has paths of its own, and they tell less than those of what it serves.
  if (entry === undefined || entry.carrier === true)
    return { own: [], usual: [...USUAL, ...CUSTOMARY, ...own] };
  return { own, usual: USUAL };
}
