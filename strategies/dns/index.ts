import type { Name } from "../../src/dns/message.ts";
import { nameText } from "../../src/dns/name.ts";
import { linkedAbort } from "../../src/identify/linked-abort.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Scope, Strategy, StrategyContext } from "../../src/model/strategy.ts";
import { checkDns } from "./check.ts";
import { domainsOf, tellLocal } from "./domains.ts";
import { type Inquiry, allIn, wantedIn } from "./inquiry.ts";
import { listedTypes } from "./instances.ts";
import { answerTo } from "./services.ts";
import { type Session, startSession } from "./session.ts";
import { asTheyEnd, merged } from "./streams.ts";
import { wantedNames } from "./wanted-names.ts";
import { type Wish, isLocal, wishOf } from "./wish.ts";
import { surveyZone } from "./zone.ts";

/** Services that a user may ask for at once. */
const MOST_WISHES = 256;

/** Asks name servers which services there are in their domains. */
const dns: Strategy = {
  name: "dns",
  summary: "Asks name servers for SRV records and DNS-SD in their domains",
  announces: true,
  observe,
  test: checkDns,
};

export default dns;

async function* observe(
  scope: Scope,
  context: StrategyContext,
): AsyncGenerator<Observation, void, undefined> {
  const stop = linkedAbort(context.signal);
  const session = startSession(scope, context, stop.signal);
  try {
    if (context.signal.aborted) return;
    yield* lookEverywhere(session);
    if (!context.signal.aborted) session.problems.report();
  } finally {
    stop.dispose(); // whoever stops reading stops the look-ups
  }
}

const NO_DOMAIN =
  "dns: this machine's resolver searches no domain, so none was looked in; --domain names one";

async function* lookEverywhere(session: Session): AsyncGenerator<Observation, void, undefined> {
  const { scope, problems } = session;
  const wishes = wishesOf(session);
  if (wishes.length === 0 && scope.services.length > 0) return noteNothingAsked(session);
  const domains = await domainsOf(session);
  const [names, others] = [wishes.filter(isName), wishes.filter((wish) => !isName(wish))];
  if (domains.length === 0 && names.length === 0) {
    if (scope.domains.length === 0) problems.warn(NO_DOMAIN);
    return noteNothingAsked(session);
  }
  const everywhere = wishes.length === 0 || others.length > 0;
  const zones = everywhere ? domains.map((domain) => lookInDomain(domain, others, session)) : [];
  yield* merged([...zones, lookForNames(names, domains, session)]);
  if (scope.services.length > MOST_WISHES) problems.cut(`only ${MOST_WISHES} services are looked for`);
}

/** Who asked for this strategy alone, or named a name server, is told that nothing came of it. */
function noteNothingAsked({ scope, context }: Session): void {
  const isAmongOthers = scope.strategies.some((name) => name !== dns.name);
  if (!isAmongOthers || scope.dnsServers.length > 0) context.scanner.cutShort();
}

function wishesOf(session: Session): Wish[] {
  const { scope, problems } = session;
  const wishes = scope.services.slice(0, MOST_WISHES).map((text) => {
    const wish = wishOf(text);
    if (wish === undefined) problems.warn(`'${text}' is no name that DNS could have`);
    return wish;
  });
  // Names below "local" are for multicast (RFC 6762, section 3): name servers are not to be asked.
  const known = wishes.filter((wish) => wish !== undefined);
  const askable = known.filter((wish) => !isName(wish) || !isLocal(wish.name));
  if (askable.length < known.length) tellLocal(session);
  return askable;
}

function isName(wish: Wish): wish is Extract<Wish, { readonly kind: "name" }> {
  return wish.kind === "name";
}

async function* lookInDomain(
  domain: Name,
  wishes: readonly Wish[],
  session: Session,
): AsyncGenerator<Observation, void, undefined> {
  const { scope, context } = session;
  const zone = await surveyZone(domain, scope.domains.length > 0, session);
  if (zone === undefined) return;
  const { convention = "RFC 6763 and RFC 2782" } = zone;
  context.log.debug(`dns: ${nameText(domain)} is looked in by ${convention}`);
  const listsTypes = wishes.length === 0 && (zone.convention ?? "cloud-map") === "cloud-map";
  const types = listsTypes ? await listedTypes(domain, session) : [];
  const { catalog } = context;
  const inquiries =
    wishes.length === 0
      ? allIn(zone, types, catalog)
      : wishes.flatMap((wish) => wantedIn(zone, wish, catalog));
  for await (const found of asTheyEnd(inquiries.map((one) => answerTo(one, session)))) yield* found;
}

/** Whole names, each for itself: the first of the names that it may stand for and that is there. */
async function* lookForNames(
  wishes: readonly Extract<Wish, { readonly kind: "name" }>[],
  domains: readonly Name[],
  session: Session,
): AsyncGenerator<Observation, void, undefined> {
  const found = wishes.map((wish) => firstFound(wantedNames(wish, domains, session.config.ndots), session));
  for await (const one of asTheyEnd(found)) yield* one;
}

async function firstFound(
  names: readonly (readonly Inquiry[])[],
  session: Session,
): Promise<readonly Observation[]> {
  for (const inquiries of names) {
    const found = (await Promise.all(inquiries.map((one) => answerTo(one, session)))).flat();
    if (found.length > 0) return found;
  }
  const [name] = names.flat();
  if (name !== undefined && (await areAbsent(names.flat(), session)))
    session.problems.warn(`${nameText(name.name)} is not announced: there is no SRV record`);
  return [];
}

/** By the word of a name server, and not for want of one. These questions have been asked, so this costs nothing. */
async function areAbsent(inquiries: readonly Inquiry[], { resolver }: Session): Promise<boolean> {
  const lookups = inquiries.map(({ name, transport }) => resolver.lookup(name, "SRV", { transport }));
  return (await Promise.all(lookups)).every(({ kind }) => kind === "absent");
}
