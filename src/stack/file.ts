import type {
  HealthSpec,
  Needs,
  Placement,
  PlacementStrategy,
  PortChoice,
  StartSpec,
} from "../model/stack.ts";

/** A stack file whose every member is of the right kind; what it names need not be there. */
export interface StackFile {
  readonly strategy: PlacementStrategy;
  readonly discovery?: Readonly<Record<string, unknown>>;
  readonly services: Readonly<Record<string, ServiceEntry>>;
  readonly hosts: Readonly<Record<string, HostEntry>>;
}

/** What stands behind a service's name. */
export interface ServiceEntry {
  readonly placement: Placement;
  readonly type?: string;
  readonly version?: string;
  readonly required: boolean;
  readonly replicas: number;
  readonly needs: Needs;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports?: PortChoice;
  readonly dependsOn: readonly string[];
  readonly health: HealthSpec;
  readonly start?: StartSpec;
}

/** What stands behind a host's name. */
export interface HostEntry {
  readonly user?: string;
  readonly address?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: Needs;
  readonly gpu_enabled?: boolean;
  readonly gpuEnabled?: boolean;
}
