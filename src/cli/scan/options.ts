import { STRATEGY_NAMES } from "../../../strategies/index.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { DiscoverOptions, TargetText } from "../../model/options.ts";
import type { Strategy } from "../../model/strategy.ts";
import { requireKnown } from "../settings/kinds.ts";
import { headersOf } from "../settings/network-kinds.ts";
import { originText, rank } from "../settings/setting.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";

/** The part of a run's options that follows from settings alone. Only a scan keeps a checkpoint: see `checkpointFor`. */
export function scanOptions(read: ReadSetting): DiscoverOptions {
  const { deadline, rate } = { deadline: read(SETTINGS.deadline).value, rate: read(SETTINGS.rate).value };
  const threads = read(SETTINGS.threads).value;
  return {
    exclude: excluded(read),
    ports: portsToSweep(read),
    timeoutMs: read(SETTINGS.timeout).value,
    httpTimeoutMs: read(SETTINGS.httpTimeout).value,
    ...(deadline === undefined ? {} : { deadlineMs: deadline }),
    concurrency: read(SETTINGS.concurrency).value,
    ...(rate === undefined ? {} : { rate }),
    perHost: read(SETTINGS.perHost).value,
    sparse: read(SETTINGS.sparse).value,
    direct: read(SETTINGS.direct).value,
    ...(threads === undefined ? {} : { threads }),
    identify: read(SETTINGS.identify).value,
    domains: read(SETTINGS.domain).value,
    services: read(SETTINGS.service).value,
    dnsServers: read(SETTINGS.dnsServer).value,
    interfaces: read(SETTINGS.interface).value,
    httpHeaders: headersOf(read(SETTINGS.httpHeader).value),
  };
}

/** Strategies that sweep no ports but those that HTTP is expected on. */
const HTTP_ALONE: ReadonlySet<string> = new Set(["http", "dns", "mdns"]);

function excluded(read: ReadSetting): TargetText[] {
  const { value, origin } = read(SETTINGS.exclude);
  return value.map((text) => ({ text, where: originText(origin) }));
}

/**
 * HTTP ports are swept besides the others, unless those were set by a stronger source: `--ports=22` sweeps port 22
 * alone, whatever DISCOVERY_HTTP_PORTS says. Where HTTP alone is looked for, they are all there is to sweep.
 */
function portsToSweep(read: ReadSetting): string {
  const ports = read(SETTINGS.ports);
  const http = read(SETTINGS.httpPorts);
  const added = http.value !== undefined && rank(http.origin) >= rank(ports.origin);
  if (!added) return ports.value;
  const { value: strategies } = read(SETTINGS.strategy);
  const isHttpAlone = strategies.every((name) => HTTP_ALONE.has(name));
  return isHttpAlone ? http.value : `${ports.value},${http.value}`;
}

/**
 * The strategies of a run: those that are named, and every plug-in, named or not. Throws `bad-setting` for a name
 * that nobody has, `bad-plugin` for a plug-in that is none or takes a name that is taken.
 */
export async function chooseStrategies(read: ReadSetting, cwd: string): Promise<(string | Strategy)[]> {
  const plugins = await loadPlugins(read(SETTINGS.plugin).value, STRATEGY_NAMES, cwd);
  const { value, origin } = read(SETTINGS.strategy);
  const known = [...STRATEGY_NAMES, ...plugins.keys(), "all"];
  for (const name of value) requireKnown(name, "strategy", known, originText(origin));
  const named = value.flatMap((name) => (name === "all" ? STRATEGY_NAMES : [name]));
  const builtIn = [...new Set(named)].filter((name) => !plugins.has(name));
  return [...builtIn, ...plugins.values()];
}

async function loadPlugins(
  files: readonly string[],
  taken: readonly string[],
  cwd: string,
): Promise<ReadonlyMap<string, Strategy>> {
  const plugins = new Map<string, Strategy>();
  for (const path of files) {
    const { loadPlugin } = await import("./plugin.ts");
    const strategy = await loadPlugin(path, cwd);
    if (taken.includes(strategy.name) || plugins.has(strategy.name) || strategy.name === "all") {
      throw new DiscoverError(
        "bad-plugin",
        `plug-in ${path}: there is a strategy '${strategy.name}' already`,
      );
    }
    plugins.set(strategy.name, strategy);
  }
  return plugins;
}
