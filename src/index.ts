/** sonde as a library: `discover` and the shapes of what goes in and comes out. */
export { discover } from "./discover.ts";
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
export type { Certificate, Claim, Health, Observation, ProcessFacts, TlsFacts } from "./model/observation.ts";
export type { DiscoverOptions, Discovery, ScanSize, TargetText } from "./model/options.ts";
export type { Coverage, Outcome } from "./model/outcome.ts";
export type { OpenEndpoint, Scanner, Scope, Strategy, StrategyContext } from "./model/strategy.ts";
