import { nameText, parseName } from "../../src/dns/name.ts";
import { parseResolvConf } from "../../src/dns/resolv-conf.ts";
import { endpointText } from "../../src/model/endpoint.ts";
import type { NameServer, Scope, StrategyCheck, StrategyContext } from "../../src/model/strategy.ts";
import { namedDomains } from "./domains.ts";
import { isMulticast, serversOf, startSession } from "./session.ts";

/** See `Strategy.test`: a name server is known, each answers, and there is a domain to look in. */
export async function checkDns(scope: Scope, context: StrategyContext): Promise<readonly StrategyCheck[]> {
  const config = parseResolvConf(context.net.resolverConfig());
  const servers = serversOf(scope, config);
  const told = scope.dnsServers.length > 0 || config.servers.length > 0;
  const configured: StrategyCheck = told
    ? { works: true, summary: `name servers: ${servers.map(endpointText).join(", ")}` }
    : {
        works: false,
        summary: "this machine's resolver is told of no name server",
        remedy: "name one with --dns-server, or in /etc/resolv.conf",
      };
  const answers = await Promise.all(servers.map((server) => checkServer(server, scope, context)));
  return [configured, ...answers, checkDomains(scope, context)];
}

/** Any word of it will do, a refusal too: it is there and speaks DNS. */
async function checkServer(
  server: NameServer,
  scope: Scope,
  context: StrategyContext,
): Promise<StrategyCheck> {
  const session = startSession({ ...scope, dnsServers: [server] }, context, context.signal);
  const [domain = []] = [...namedDomains(session), ...session.search];
  const result = await session.resolver.lookup(domain, "SOA");
  if (result.kind !== "failed" || result.answered)
    return { works: true, summary: `${endpointText(server)} answered when asked about ${nameText(domain)}` };
  return {
    works: false,
    summary: result.reason,
    remedy: "start a name server there, let port 53 out (UDP and TCP), or name another with --dns-server",
  };
}

/** Without one nothing can be found, but nothing stands in the way either. */
function checkDomains(scope: Scope, context: StrategyContext): StrategyCheck {
  const { search } = parseResolvConf(context.net.resolverConfig());
  const all = scope.domains.length > 0 ? scope.domains : search;
  const domains = all.filter((text) => !isMulticast(parseName(text) ?? []));
  if (domains.length > 0) return { works: true, summary: `domains to look in: ${domains.join(", ")}` };
  const remedy = "name one with --domain";
  return { works: true, summary: "no domain to look in: the resolver's search list is empty", remedy };
}
