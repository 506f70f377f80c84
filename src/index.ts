/** sonde as a library: `discover`, `watch`, `BootManager`, and the shapes of what goes in and comes out. */
export type { Assessment } from "./assess/assess.ts";
export type { Remembered } from "./assess/remembered.ts";
export type { Deployed, Deployer, Look } from "./boot/tools.ts";
export {
  BootManager,
  type BootManagerOptions,
  type Filtered,
  type HealthChecked,
  type Placed,
  type StartOptions,
} from "./boot-manager.ts";
export { discover } from "./discover.ts";
export { type SelfTest, selfTest } from "./self-test.ts";
export type { Announcement, TxtPairs } from "./model/announcement.ts";
export type {
  BootEvent,
  BootReport,
  BootStatus,
  BootedService,
  DownReport,
  StoppedService,
} from "./model/boot.ts";
export type {
  Catalog,
  CatalogEntry,
  Category,
  HttpCheck,
  HttpReply,
  Match,
  Probe,
  Reading,
} from "./model/catalog.ts";
export type { Endpoint, Transport } from "./model/endpoint.ts";
export { DiscoverError, type ErrorCode } from "./model/errors.ts";
export type { DiscoveryEvent } from "./model/event.ts";
export type { Evidence, Inventory, ScanFacts, Service } from "./model/inventory.ts";
export type {
  Certificate,
  Claim,
  Health,
  HealthReport,
  Observation,
  ProcessFacts,
  TlsFacts,
} from "./model/observation.ts";
export type { DiscoverOptions, Discovery, ScanSize, TargetText } from "./model/options.ts";
export type { Coverage, Finding, Outcome } from "./model/outcome.ts";
export type {
  Action,
  Alternative,
  Decision,
  Explanation,
  HostFacts,
  Plan,
  PlanVerdict,
  UnknownPlace,
} from "./model/plan.ts";
export type {
  HealthSpec,
  Needs,
  Placement,
  PlacementStrategy,
  PortChoice,
  Requirement,
  Stack,
  StackHost,
  StartSpec,
} from "./model/stack.ts";
export type {
  Identification,
  NameServer,
  Scanner,
  Scope,
  Strategy,
  StrategyCheck,
  StrategyContext,
  SweptEndpoint,
} from "./model/strategy.ts";
export type {
  AgentFacts,
  AgentState,
  AgentStatus,
  LocalReport,
  LocalStatus,
  LocalValidation,
  RemoteReport,
  RemoteServer,
  RemoteStatus,
  ServersConfig,
  StartupReport,
} from "./model/servers.ts";
export type { GoneReason, WatchEvent, WatchOptions, WatchedField } from "./model/watch.ts";
export { explain } from "./plan/explain.ts";
export { readAgentStatus } from "./servers/agent-status.ts";
export { type CheckServersOptions, checkServers } from "./servers/check-servers.ts";
export { type ServersFile, readServers, writeServers } from "./servers/server-file.ts";
export { type StartupReportOptions, startupReport } from "./servers/startup-report.ts";
export { type ValidateOptions, validateLocalServer } from "./servers/validate-local.ts";
export { readStackFile } from "./stack-file.ts";
export type { DiscoveryEntry } from "./stack/discovery.ts";
export type { ReadStack } from "./stack/read.ts";
export { watch } from "./watch.ts";
