import type { Service } from "./inventory.ts";
import type { Outcome } from "./outcome.ts";
import type { Needs, PlacementStrategy, Stack } from "./stack.ts";

/** The version of the plan's document; a change that breaks a reader raises it. */
export const PLAN_VERSION = 1;

/** The name of this machine in plans. */
export const LOCAL_HOST = "localhost";

/**
 * What is to be done about one instance of a service:
 *
 * - `adopt`: it is there already; use it.
 * - `nothing`: an earlier boot started it, and it runs.
 * - `start`: it is not there; start it on this machine.
 * - `deploy`: it is not there, and belongs on another host.
 * - `blocked`: it is not there, or not as it must be, and cannot be had.
 * - `unknown`: whether it is there could not be found out; nothing is done on a guess.
 */
export type Action = "adopt" | "nothing" | "start" | "deploy" | "blocked" | "unknown";

/** What a plan comes to; the gravest of its required decisions: `unknown`, then `blocked`, `changes`, `nothing`. */
export type PlanVerdict = "nothing" | "changes" | "blocked" | "unknown";

/** Something that was considered and not taken. */
export interface Alternative {
  /** A service's id, or a host's name. */
  readonly candidate: string;
  /** Why not, in one line. */
  readonly reason: string;
  /** Among hosts that would have done: the more the better. */
  readonly score?: number;
}

/** What is to be done about one instance of a service, and why. */
export interface Decision {
  /** The service's name in the stack. */
  readonly service: string;
  /** From 1 up to its replicas. */
  readonly instance: number;
  /** What it is to be: a type or product of the catalog. */
  readonly type: string;
  readonly required: boolean;
  readonly action: Action;
  /** Where: `localhost`, a host of the stack, or an address; null where nowhere. */
  readonly host: string | null;
  /** Where it can be reached: known where it is there, or its port is fixed. */
  readonly address: string | null;
  readonly port: number | null;
  /** The id of the service that is adopted. */
  readonly serviceId: string | null;
  readonly version: string | null;
  readonly url: string | null;
  /** The rule that decided, in one line. */
  readonly rule: string;
  /** What was observed that the rule was put to, one line each. */
  readonly evidence: readonly string[];
  /** Why this one, and why there, one line each. */
  readonly reasons: readonly string[];
  readonly rejected: readonly Alternative[];
  /** What the user can do about `blocked` and `unknown`, in one line; null for the others. */
  readonly remedy: string | null;
}

/** The document of `discover plan`: pure data, the same for the same input. */
export interface Plan {
  readonly schemaVersion: number;
  /** As it was named. */
  readonly stack: string;
  /** SHA-256 of the stack file's text. */
  readonly stackDigest: string;
  readonly strategy: PlacementStrategy;
  /** What the plan rests on: SHA-256 of all that was seen of what the stack names. */
  readonly fingerprint: string;
  readonly verdict: PlanVerdict;
  /** In the order of the stack file, instance by instance. */
  readonly decisions: readonly Decision[];
  /** Names of services in the order in which they can be there: each waits for those in the groups before it. */
  readonly order: readonly (readonly string[])[];
  readonly warnings: readonly string[];
}

/** How one decision came about, from what was seen to what is done. */
export interface Explanation {
  readonly service: string;
  readonly instance: number;
  /** Of how many instances. */
  readonly of: number;
  readonly action: Action;
  /** What is wanted, in one line. */
  readonly wanted: string;
  readonly observed: readonly string[];
  readonly rule: string;
  readonly alternatives: readonly Alternative[];
  /** What is done and where, in one line. */
  readonly decision: string;
  readonly reasons: readonly string[];
  readonly remedy: string | null;
}

/** Endpoints of one address of which nobody knows whether something is there. */
export interface UnknownPlace {
  readonly address: string;
  /** Ascending. */
  readonly ports: readonly number[];
  /** Why: `filtered`, `unreachable`, `failed`. */
  readonly outcome: Outcome;
}

/** What is known of this machine or another one, as the planner takes it. */
export interface HostFacts {
  /** `localhost`, or a host of the stack. */
  readonly name: string;
  readonly isLocal: boolean;
  /** Its addresses: services and unknown places at these are its. Empty: its name could not be looked up. */
  readonly addresses: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** What it has; absent parts are not known, and keep nothing from it. */
  readonly capacity: Needs;
  readonly hasGpu: boolean;
  /** Part of it that is busy with other things, from 0 to 1; 0 where nobody knows. */
  readonly load: number;
}

/** A service that an earlier boot started, and that runs. */
export interface StartedService {
  readonly service: string;
  readonly instance: number;
  readonly host: string;
  readonly address: string;
  readonly port: number | null;
  /** The process, or the compose service, in a few words: `pid 812`. */
  readonly by: string;
}

/** What one look at a candidate came to that its kind alone does not decide. */
export interface Looked {
  /** The service of the stack that it might be. */
  readonly service: string;
  /** The id of what was looked at. */
  readonly id: string;
  /** `other`: it is not that one. `unsure`: it did not answer, or not so that it tells. */
  readonly kind: "other" | "unsure";
  /** What was seen, in one line. */
  readonly reason: string;
}

/** What a plan is made from. */
export interface PlanInput {
  readonly stack: Stack;
  /** What was seen. */
  readonly services: readonly Service[];
  /** Ids of those among them that an earlier look saw and that could not be looked at again. */
  readonly stale: readonly string[];
  /** What looks like a service of the stack, and turned out not to be it when it was looked at. */
  readonly looked: readonly Looked[];
  /** Where something may be that was not seen. */
  readonly unknown: readonly UnknownPlace[];
  /** False: the run ended before everything was looked at, so that what was not seen may be anywhere. */
  readonly complete: boolean;
  /** Why it is not complete, one line each, where that is known. */
  readonly gaps?: readonly string[];
  /** This machine first. */
  readonly hosts: readonly HostFacts[];
  readonly started: readonly StartedService[];
  /** Where instances were placed by the last plan: a plan that changes its mind costs more than it gains. */
  readonly previous: readonly {
    readonly service: string;
    readonly instance: number;
    readonly host: string;
  }[];
  /** True: what nobody knows is taken for absent, since the user says so. */
  readonly assumeAbsent: boolean;
  readonly knowledge: Knowledge;
}

/** What the planner must be told of kinds of service, of versions and of digests: it has no packages and nothing of Node's. */
export interface Knowledge {
  /** Whether a service is of that type or product. */
  readonly isNamed: (service: Service, type: string) => boolean;
  /** Whether a type says only how a service is spoken to (`http`, `grpc`), so that any stranger may be of it. */
  readonly isGeneric: (type: string) => boolean;
  /** Ports at which a type is usually found, the likeliest first: those without TLS, ascending, then the others. */
  readonly portsOf: (type: string) => readonly number[];
  /** Whether a word is the name of one product among others of its type: `mariadb`. */
  readonly isProduct: (word: string) => boolean;
  /** `database`, `cache`, `llm`, …; `unknown` where the catalog has no such type. */
  readonly categoryOf: (type: string) => string;
  /** Whether a version lies in a range; undefined where the version cannot be read as one. */
  readonly satisfies: (version: string, range: string) => boolean | undefined;
  /** SHA-256 of a text, hex. */
  readonly digest: (text: string) => string;
}
