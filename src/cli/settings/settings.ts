import { CATEGORIES } from "../../model/catalog.ts";
import { DEFAULTS } from "../../model/options.ts";
import { SERVERS_FILE } from "../../model/servers.ts";
import { count, duration, list, paths, ports, targets, text, toggle } from "./kinds.ts";
import { domains, headers, nameServers, serviceNames } from "./network-kinds.ts";
import type { Setting } from "./setting.ts";

/** Everything that can be set. Durations in milliseconds; undefined: no limit, or nothing said. */
export interface Settings {
  readonly range: readonly string[];
  readonly targetsFile: readonly string[];
  readonly exclude: readonly string[];
  readonly ports: string;
  readonly httpPorts: string | undefined;
  readonly strategy: readonly string[];
  readonly plugin: readonly string[];
  readonly domain: readonly string[];
  readonly service: readonly string[];
  readonly dnsServer: readonly string[];
  readonly interface: readonly string[];
  readonly servers: string;
  readonly httpHeader: readonly string[];
  readonly timeout: number;
  readonly httpTimeout: number;
  readonly deadline: number | undefined;
  readonly interval: number;
  readonly concurrency: number;
  readonly perHost: number;
  readonly rate: number | undefined;
  readonly threads: number | undefined;
  readonly direct: boolean;
  readonly sparse: boolean;
  readonly checkpoint: string | undefined;
  readonly identify: boolean;
  readonly test: boolean;
  readonly yes: boolean;
  readonly cache: boolean;
  readonly cached: boolean;
  readonly maxAge: number | undefined;
  readonly output: string;
  readonly save: readonly string[];
  readonly type: readonly string[];
  readonly category: readonly string[];
  readonly expect: readonly string[];
  readonly color: boolean | undefined;
  readonly progress: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly config: string | undefined;
}

export type SettingKey = keyof Settings;

/** No machine has more local ports than this for one peer. */
const MOST_SOCKETS = 65_535;

/** What `WatchOptions.intervalMs` takes. */
const LEAST_INTERVAL_MS = 100;

/** The one table: flag, environment, config file, default and `--help` all follow from it. */
export const SETTINGS: { readonly [K in SettingKey]: Setting<Settings[K]> } = {
  range: targets({
    flag: "range",
    argument: "<targets>",
    environment: "DISCOVERY_NETWORK_RANGES",
    group: "Where to look",
    summary: "Targets besides those given as arguments; repeatable",
    fallback: [],
  }),
  targetsFile: paths({
    flag: "targets-file",
    argument: "<file>",
    environment: "DISCOVERY_TARGETS_FILE",
    group: "Where to look",
    summary: "Targets from a file, # begins a comment; - is standard input; repeatable",
    fallback: [],
  }),
  exclude: targets({
    flag: "exclude",
    argument: "<targets>",
    environment: "DISCOVERY_EXCLUDE",
    group: "Where to look",
    summary: "Never look at these; repeatable",
    fallback: [],
  }),
  domain: domains({
    flag: "domain",
    argument: "<names>",
    environment: "DISCOVERY_DOMAIN",
    group: "Where to look",
    summary: "dns: zones to ask, not those of this machine's resolver",
    fallback: [],
  }),
  service: serviceNames({
    flag: "service",
    argument: "<names>",
    environment: "DISCOVERY_SERVICE",
    group: "Where to look",
    summary: "dns, mdns: only these, _http._tcp or web.service.consul",
    fallback: [],
  }),
  dnsServer: nameServers({
    flag: "dns-server",
    argument: "<address>",
    environment: "DISCOVERY_DNS_SERVER",
    group: "Where to look",
    summary: "dns: ask these, address or address:port; repeatable",
    fallback: [],
  }),
  interface: list({
    flag: "interface",
    argument: "<names>",
    environment: "DISCOVERY_INTERFACE",
    group: "Where to look",
    summary: "mdns: listen on these, not on all",
    fallback: [],
  }),
  servers: text({
    flag: "servers",
    argument: "<file>",
    environment: "DISCOVERY_SERVERS",
    group: "Where to look",
    summary: "The file of registered servers, JSON",
    fallback: SERVERS_FILE,
  }),
  ports: ports({
    flag: "ports",
    argument: "<ports>",
    environment: "DISCOVERY_TCP_PORTS",
    group: "Where to look",
    summary: "22,8000-8100, common (the catalog's) or all",
    fallback: DEFAULTS.ports,
  }),
  httpPorts: ports({
    flag: "http-ports",
    argument: "<ports>",
    environment: "DISCOVERY_HTTP_PORTS",
    group: "Where to look",
    summary: "Ports to look at besides, since HTTP is expected there",
    fallback: undefined,
  }),
  strategy: list({
    flag: "strategy",
    argument: "<names>",
    environment: "DISCOVERY_STRATEGY",
    group: "How to look",
    summary: "Ways of looking, or all",
    fallback: DEFAULTS.strategies,
  }),
  plugin: paths({
    flag: "plugin",
    argument: "<file>",
    environment: "DISCOVERY_PLUGIN",
    group: "How to look",
    summary: "A module with a strategy of your own; repeatable",
    fallback: [],
  }),
  timeout: duration({
    flag: "timeout",
    argument: "<time>",
    environment: "DISCOVERY_TCP_TIMEOUT",
    group: "How to look",
    summary: "How long a connect may take: 500ms, 2s, 1m or seconds",
    fallback: DEFAULTS.timeoutMs,
  }),
  httpTimeout: duration({
    flag: "http-timeout",
    argument: "<time>",
    environment: "DISCOVERY_HTTP_TIMEOUT",
    group: "How to look",
    summary: "How long an HTTP request may take",
    fallback: DEFAULTS.httpTimeoutMs,
  }),
  deadline: duration({
    flag: "deadline",
    argument: "<time>",
    environment: "DISCOVERY_DEADLINE",
    group: "How to look",
    summary: "How long the whole run may take",
    fallback: undefined,
  }),
  interval: duration(
    {
      flag: "interval",
      argument: "<time>",
      environment: "DISCOVERY_INTERVAL",
      group: "How to look",
      summary: "Time between two rounds",
      fallback: DEFAULTS.intervalMs,
    },
    LEAST_INTERVAL_MS,
  ),
  concurrency: count(
    {
      flag: "concurrency",
      argument: "<sockets>",
      environment: "DISCOVERY_CONCURRENCY",
      group: "How to look",
      summary: "Sockets open at once, at most",
      fallback: DEFAULTS.concurrency,
    },
    MOST_SOCKETS,
  ),
  perHost: count(
    {
      flag: "per-host",
      argument: "<sockets>",
      environment: "DISCOVERY_PER_HOST",
      group: "How to look",
      summary: "Sockets open at once to one other host, at most",
      fallback: DEFAULTS.perHost,
    },
    MOST_SOCKETS,
  ),
  rate: count(
    {
      flag: "rate",
      argument: "<number>",
      environment: "DISCOVERY_RATE",
      group: "How to look",
      summary: "Connects begun in a second, at most",
      fallback: undefined,
    },
    10_000_000,
  ),
  sparse: toggle({
    flag: "sparse",
    environment: "DISCOVERY_SPARSE",
    group: "How to look",
    summary: "Some addresses of every /24 first, the others where one answers",
    fallback: false,
  }),
  checkpoint: text({
    flag: "checkpoint",
    argument: "<file>",
    environment: "DISCOVERY_CHECKPOINT",
    group: "How to look",
    summary: "Keep account in a file; go on where the run ended that left it",
    fallback: undefined,
  }),
  threads: count(
    {
      flag: "threads",
      argument: "<number>",
      environment: "DISCOVERY_THREADS",
      group: "How to look",
      summary: "Threads for large sweeps; one a core, up to 4, unless said",
      fallback: undefined,
    },
    64,
  ),
  direct: toggle({
    flag: "direct",
    environment: "DISCOVERY_DIRECT",
    group: "How to look",
    summary: "Sweep by Node's public sockets alone, which is slower",
    fallback: true,
  }),
  identify: toggle({
    flag: "identify",
    environment: "DISCOVERY_IDENTIFY",
    group: "How to look",
    summary: "Report what is open and ask nothing",
    fallback: DEFAULTS.identify,
  }),
  httpHeader: headers({
    flag: "http-header",
    argument: "<header>",
    environment: "DISCOVERY_HTTP_HEADER",
    group: "How to look",
    summary: "Sent with health checks: 'Name: value'; never shown; repeatable",
    fallback: [],
  }),
  yes: toggle({
    flag: "yes",
    environment: "DISCOVERY_YES",
    group: "How to look",
    summary: "Scan more than 65,536 addresses without asking",
    fallback: false,
  }),
  cached: toggle({
    flag: "cached",
    environment: "DISCOVERY_CACHED",
    group: "How to look",
    summary: "Send nothing: say what earlier scans found, and what of it is stale",
    fallback: false,
  }),
  maxAge: duration({
    flag: "max-age",
    argument: "<time>",
    environment: "DISCOVERY_MAX_AGE",
    group: "How to look",
    summary: "With --cached: what was seen longer ago is stale",
    fallback: undefined,
  }),
  cache: toggle({
    flag: "cache",
    environment: "DISCOVERY_CACHE",
    group: "How to look",
    summary: "Neither read nor write what is kept for --cached",
    fallback: true,
  }),
  output: text({
    flag: "output",
    argument: "<format>",
    environment: "DISCOVERY_OUTPUT",
    group: "What to show",
    summary: "table, json, ndjson (as found), yaml or csv",
    fallback: "table",
  }),
  save: paths({
    flag: "save",
    argument: "<file>",
    environment: "DISCOVERY_SAVE",
    group: "What to show",
    summary: "Write to a file too, in the format of its extension; repeatable",
    fallback: [],
  }),
  type: list({
    flag: "type",
    argument: "<types>",
    environment: "DISCOVERY_TYPE",
    group: "What to show",
    summary: "Only these types or products: postgresql,mariadb",
    fallback: [],
  }),
  category: list(
    {
      flag: "category",
      argument: "<names>",
      environment: "DISCOVERY_CATEGORY",
      group: "What to show",
      summary: "Only these categories: database,cache",
      fallback: [],
    },
    CATEGORIES,
  ),
  expect: list({
    flag: "expect",
    argument: "<types>",
    environment: "DISCOVERY_EXPECT",
    group: "What to show",
    summary: "Exit with 1 where one of these was not found",
    fallback: [],
  }),
  color: toggle({
    flag: "color",
    environment: [
      // https://no-color.org: set and not empty, whatever it says.
      { name: "NO_COLOR", meaning: () => "false" },
      // https://force-color.org; 0 and false are what Node.js and its terminal libraries take for no.
      { name: "FORCE_COLOR", meaning: (given) => (/^(?:0|false)$/i.test(given) ? "false" : "true") },
      { name: "TERM", meaning: (given) => (given === "dumb" ? "false" : undefined) },
    ],
    group: "What to show",
    summary: "Without colours",
    fallback: undefined,
  }),
  progress: toggle({
    flag: "progress",
    environment: "DISCOVERY_PROGRESS",
    group: "What to show",
    summary: "Without the progress line",
    fallback: true,
  }),
  quiet: toggle({
    flag: "quiet",
    environment: "DISCOVERY_QUIET",
    group: "What to show",
    summary: "Nothing on standard error but errors and what --debug says",
    fallback: false,
  }),
  debug: toggle({
    flag: "debug",
    environment: "DISCOVERY_DEBUG",
    group: "What to show",
    summary: "Say on standard error what happens inside",
    fallback: false,
  }),
  test: withoutFile(
    toggle({
      flag: "test",
      environment: [],
      group: "Other",
      summary: "Say of every strategy whether it works on this machine",
      fallback: false,
    }),
  ),
  config: withoutFile(
    text({
      flag: "config",
      argument: "<file>",
      environment: "DISCOVERY_CONFIG",
      group: "Other",
      summary: "Settings from this file, not from ./sonde.config.yaml or .json",
      fallback: undefined,
    }),
  ),
};

export const SETTING_LIST: readonly Setting<unknown>[] = Object.values(SETTINGS);

function withoutFile<T>(setting: Setting<T>): Setting<T> {
  const { shape: _shape, ...rest } = setting;
  return rest;
}
