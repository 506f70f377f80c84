/**
 * What a service's place follows from, where it has none of its own:
 *
 * - `local-first`: here, if it can be; elsewhere only where this machine will not do.
 * - `remote-compute`: what needs a GPU where there is one, everything else (databases above all) here.
 * - `distributed-ha`: spread over all hosts, the least loaded first.
 * - `dynamic-discovery`: what exists is adopted wherever it is, what is missing goes where it fits best.
 */
export type PlacementStrategy = "local-first" | "remote-compute" | "distributed-ha" | "dynamic-discovery";

export const PLACEMENT_STRATEGIES: readonly PlacementStrategy[] = [
  "local-first",
  "remote-compute",
  "distributed-ha",
  "dynamic-discovery",
];

/**
 * Where a service is to be:
 *
 * - `local`: on this machine; adopted where it runs here, else started here.
 * - `remote`: on that host; adopted where it runs there, else to be deployed there.
 * - `discovered`: wherever it is found; never started.
 * - `auto`: adopted wherever it is found, else started or deployed where it fits best.
 */
export type Placement =
  | { readonly kind: "local" | "discovered" | "auto" }
  | { readonly kind: "remote"; readonly host: string };

/** What a service takes of a host. Absent: nobody said. */
export interface Needs {
  /** Cores, in parts if need be. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
  /** GPUs. */
  readonly gpu?: number;
}

/** Ports to be started on: those, or the next free one from a base on. */
export type PortChoice =
  | { readonly kind: "fixed"; readonly ports: readonly number[] }
  | { readonly kind: "auto"; readonly from: number };

/** When a service counts as being there. */
export interface HealthSpec {
  /** Asked with GET over HTTP: 2xx is well. Absent: it must answer as its type does. */
  readonly path?: string;
  /** How long it may take to come up, in milliseconds. */
  readonly timeoutMs: number;
}

/** How a service is started. Paths are relative to the stack file's folder. */
export type StartSpec =
  | {
      readonly kind: "command";
      /** The program and its arguments, without a shell; `${…}` as in `env` (`placeholders.ts`). */
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      /** `.`: the stack file's folder. */
      readonly cwd: string;
    }
  | { readonly kind: "compose"; readonly file: string; readonly service: string };

/** What a stack wants of one service. */
export interface Requirement {
  /** Its key in the stack file. */
  readonly name: string;
  readonly placement: Placement;
  /** A type of the catalog, a product, or a category (`llm`: any of that category will do), in lower case. */
  readonly type: string;
  /** A range as npm writes it, `>=6 <8`; absent: any version will do. */
  readonly version?: string;
  /** Without it the stack is of no use. */
  readonly required: boolean;
  /** How many, each on a host of its own. */
  readonly replicas: number;
  readonly needs: Needs;
  /** Labels that its host must have. */
  readonly labels: Readonly<Record<string, string>>;
  /** Absent: those that are usual for its type. */
  readonly ports?: PortChoice;
  /** Names of services that must be there before it. */
  readonly dependsOn: readonly string[];
  readonly health: HealthSpec;
  /** Absent: sonde does not know how. */
  readonly start?: StartSpec;
  /** Where it stands in the stack file, from 1. */
  readonly line: number;
}

/**
 * A machine that services may be on besides this one; called `localhost` it is this one, and says only what that has:
 * labels, capacity, GPU.
 */
export interface StackHost {
  /** Its key in the stack file, by which placements name it; or what a placement names that `hosts` does not have. */
  readonly name: string;
  readonly user?: string;
  /** An IP address or a name; its own name where absent. */
  readonly address?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent parts: nobody said, so that nothing is kept from it for want of them. */
  readonly capacity: Needs;
  readonly hasGpu: boolean;
  readonly line: number;
}

/** A stack file, read and checked. */
export interface Stack {
  /** As it was named. */
  readonly file: string;
  /** The folder that it lies in, absolute, links followed. */
  readonly folder: string;
  /** What it is called there, where `file` is a link to it. */
  readonly realName?: string;
  readonly strategy: PlacementStrategy;
  /** In the order of the file. */
  readonly services: readonly Requirement[];
  readonly hosts: readonly StackHost[];
  /** SHA-256 of the file's text, hex. */
  readonly digest: string;
}

/** A service's port is looked for from here on, where it says `auto` (the registered server's default, too). */
export const BASE_PORT = 8_100;
/** So many ports are tried. */
export const PORT_TRIES = 100;
/** How long a service may take to come up, in milliseconds, where nobody says. */
export const HEALTH_TIMEOUT_MS = 30_000;
