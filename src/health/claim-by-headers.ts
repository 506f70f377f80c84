import type { Catalog, Match } from "../model/catalog.ts";
import type { HttpSession } from "../model/net.ts";
import type { Claim } from "../model/observation.ts";

/** Questions to one endpoint; no kind of service has more. */
const MOST_PATHS = 6;

/**
 * The claim, with what its kind's own paths tell once a session brings credentials: version, models, collections. It
 * stays the kind of service that it was found to be without.
 */
export async function claimByHeaders(claim: Claim, session: HttpSession, catalog: Catalog): Promise<Claim> {
  const entry = catalog.get(claim.type);
  if (entry?.http === undefined || entry.carrier === true) return claim;
  const paths = [...new Set(entry.http.map(({ path }) => path))].slice(0, MOST_PATHS);
  const replies = await Promise.all(paths.map(async (path) => ({ path, reply: await session.get(path) })));
  let learned = claim;
  for (const { path, reply } of replies) {
    if (reply === undefined) continue;
    for (const check of entry.http) {
      const match = check.path === path ? check.read(reply) : undefined;
      if (match !== undefined) learned = withMatch(learned, match);
    }
  }
  return learned;
}

/** Only what is new counts: what was told without credentials is told again with them. */
function withMatch(claim: Claim, { product, version, metadata = {}, summary }: Match): Claim {
  const known = claim.metadata ?? {};
  const fresh = Object.entries(metadata).filter(([name]) => known[name] === undefined);
  const newVersion = claim.version === undefined && version !== undefined;
  if (fresh.length === 0 && !newVersion) return claim;
  return {
    ...claim,
    ...(claim.product === undefined && product !== undefined && { product }),
    ...(newVersion && { version }),
    ...(fresh.length > 0 && { metadata: { ...known, ...Object.fromEntries(fresh) } }),
    summary: `${claim.summary}; with the headers given: ${summary}`,
  };
}
