import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";

import { admissionOf } from "./assess/admission.ts";
import { type Assessment, assess, scopeOf } from "./assess/assess.ts";
import { hostsOf } from "./assess/hosts.ts";
import { knowledgeOf } from "./assess/knowledge.ts";
import { look } from "./assess/look.ts";
import { withLost } from "./assess/lost.ts";
import { recall } from "./assess/recall.ts";
import type { Remembered, RememberedServices } from "./assess/remembered.ts";
import { boot } from "./boot/boot.ts";
import { down } from "./boot/down.ts";
import { holderOfPort } from "./boot/leases.ts";
import { inParallel } from "./boot/pool.ts";
import { startedServices } from "./boot/started.ts";
import { tokenPrefix } from "./boot/token.ts";
import type { Deployer, Look } from "./boot/tools.ts";
import { loadCatalog } from "./catalog/index.ts";
import type { BootEvent, BootReport, DownReport } from "./model/boot.ts";
import type { Catalog } from "./model/catalog.ts";
import { systemClock as clock } from "./model/clock.ts";
import { errorCode, fileFault } from "./model/error-code.ts";
import { DiscoverError } from "./model/errors.ts";
import type { Inventory, Service } from "./model/inventory.ts";
import type { DiscoverOptions } from "./model/options.ts";
import type { Decision, HostFacts, Knowledge, Looked, Plan, StartedService } from "./model/plan.ts";
import type { Stack } from "./model/stack.ts";
import { plan } from "./plan/plan.ts";
import { shown } from "./targets/token.ts";

/** What a `BootManager` works on. */
export interface BootManagerOptions {
  /** From `readStackFile`, or made by hand; `folder` is absolute. */
  readonly stack: Stack;
  /** How to look, and where besides this machine and the stack's hosts. */
  readonly options?: DiscoverOptions;
  /** Where it is remembered what was started, for all stacks, absolute; the command's is `~/.local/state/sonde`. */
  readonly stateFolder: string;
  /** The environment of what is started, besides its own; programs are looked for in its PATH. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What nobody knows is taken for absent: it may be started a second time. */
  readonly assumeAbsent?: boolean;
  /** Who puts services on other hosts; absent: nobody does, and it is only looked whether they are there. */
  readonly deployer?: Deployer;
  /** What earlier runs found: where that is all the stack needs, and is still there, nothing else is looked at. */
  readonly remembered?: Remembered;
  /** True: everything is looked at in any case. */
  readonly isFresh?: boolean;
  /** Takes the place of `discover`: for who wants to follow a run's events. */
  readonly run?: (options: DiscoverOptions) => Promise<Inventory>;
  readonly signal?: AbortSignal;
}

/** How a plan is carried out. */
export interface StartOptions {
  /** Nothing is started; the report says what would be. */
  readonly dryRun?: boolean;
  /** What was started stays, whatever fails. */
  readonly keep?: boolean;
  readonly onEvent?: (event: BootEvent) => void;
}

/** Where an instance was placed by an earlier plan; its decisions are such. */
export type Placed = Pick<Decision, "service" | "instance" | "host">;

/** What is there of a stack, and what is not. */
export interface Filtered {
  readonly present: readonly Decision[];
  readonly missing: readonly Decision[];
}

/** How one instance of a service fares. */
export interface HealthChecked extends Look {
  readonly service: string;
  readonly instance: number;
}

function isThere({ action }: Decision): boolean {
  return action === "adopt" || action === "nothing";
}

/** Something that may be one of the stack's services. */
interface Candidate {
  /** Which one. */
  readonly name: string;
  readonly service: Service;
  /** It is on this machine. */
  readonly isHere: boolean;
}

/** Services started at once. */
const AT_ONCE = 4;
/** Candidates looked at at once: some may take their time. */
const LOOKS_AT_ONCE = 16;

/**
 * Brings a stack up: finds what is there, starts only what is missing, and knows what it started. Prints nothing. Every
 * method may be called by itself: what it rests on is looked at first, and only once.
 */
export class BootManager {
  readonly #given: BootManagerOptions;
  readonly #signal: AbortSignal;
  #catalog: Promise<Catalog> | undefined;
  #assessed: Promise<Assessment> | undefined;
  #plan: Promise<Plan> | undefined;

  constructor(given: BootManagerOptions) {
    this.#given = given;
    this.#signal = given.signal ?? new AbortController().signal;
  }

  /** Looks for what runs. Throws as `discover` does. */
  async discoverServices(): Promise<Assessment> {
    this.#assessed ??= this.#assess();
    return this.#assessed;
  }

  /** What is to be done, and why; nothing is done. `previous` counts with the first call. Throws as `discover` does. */
  async plan(previous: readonly Placed[] = []): Promise<Plan> {
    this.#plan ??= this.discoverServices().then((assessed) => this.#planFrom(assessed, previous));
    return this.#plan;
  }

  /** What is there, so that nobody need start it, and what is not. */
  async filterDiscovered(): Promise<Filtered> {
    const { decisions } = await this.plan();
    return {
      present: decisions.filter(isThere),
      missing: decisions.filter((decision) => !isThere(decision)),
    };
  }

  /**
   * Carries the plan out: adopts after looking again, starts what is missing, waits until it is well. A service that fails is
   * part of the report, as `ok: false` is. Throws `file` where the state folder cannot be written to, and what `plan` throws.
   */
  async startServices({ dryRun = false, keep = false, onEvent }: StartOptions = {}): Promise<BootReport> {
    const { stack, deployer, env = {} } = this.#given;
    const plan = await this.plan();
    const look = await this.#looker();
    const booted = boot(stack, plan, {
      folder: this.#folder,
      portsFolder: leasesFolder(this.#given.stateFolder),
      tools: { clock, look, ...(deployer && { deployer }) },
      env,
      signal: this.#signal,
      keep,
      dryRun,
      concurrency: AT_ONCE,
      ...(onEvent && { onEvent }),
    });
    return booted.catch(inStateFolder(this.#given.stateFolder));
  }

  /** Looks at everything that is there, once more: one connect and one handshake each. What fares ill is data. */
  async healthCheckAll(): Promise<HealthChecked[]> {
    const { present } = await this.filterDiscovered();
    const checked = present.map(async (decision): Promise<HealthChecked[]> => {
      const seen = await this.#lookAgain(decision);
      const { service, instance } = decision;
      return seen === undefined ? [] : [{ service, instance, ...seen }];
    });
    return (await Promise.all(checked)).flat();
  }

  /** Stops what boots of this stack started, and nothing else. Throws `file` where the state folder cannot be written to. */
  async stopServices(): Promise<DownReport> {
    const { stack, env = {}, stateFolder } = this.#given;
    return stopStack(stack, { env, stateFolder, signal: this.#signal });
  }

  get #folder(): string {
    return recordsFolder(this.#given.stack, this.#given.stateFolder);
  }

  async #assess(): Promise<Assessment> {
    const { stack, options = {}, run } = this.#given;
    const hosts = await hostsOf(stack, this.#signal);
    const given = {
      options: { ...options, signal: this.#signal },
      hosts,
      knowledge: await this.#knowledge(),
      started: await this.#started(),
      ...(run && { run }),
    };
    const { services = [], stale = [] } = (await this.#before(scopeOf(stack, given))) ?? {};
    const recalled = await this.#recall(services, hosts);
    if (recalled !== undefined) return recalled;
    const before = [...services, ...stale];
    const met = before.flatMap(({ addresses }) => addresses);
    return withLost(await assess(stack, { ...given, met }), before);
  }

  /** What earlier runs found where this one looks. */
  async #before(scope: DiscoverOptions): Promise<RememberedServices | undefined> {
    const { remembered } = this.#given;
    return remembered?.services(await admissionOf(scope, this.#signal));
  }

  async #recall(services: readonly Service[], hosts: readonly HostFacts[]): Promise<Assessment | undefined> {
    const { remembered, isFresh = false } = this.#given;
    if (remembered === undefined || isFresh) return undefined;
    return recall({
      services,
      hosts,
      remembered,
      planFrom: (assessment) => this.#planFrom(assessment, []),
      lookAgain: (decision) => this.#lookAgain(decision),
    });
  }

  /** What earlier boots started, and runs. */
  async #started(): Promise<StartedService[]> {
    return startedServices(this.#folder, { env: this.#given.env ?? {}, signal: this.#signal });
  }

  async #planFrom(assessed: Assessment, previous: readonly Placed[]): Promise<Plan> {
    const { stack, assumeAbsent = false } = this.#given;
    const { services, stale, unknown, complete, gaps, hosts } = assessed;
    const started = await this.#started();
    const before = [...previous, ...started].flatMap(({ service, instance, host }) =>
      host === null ? [] : [{ service, instance, host }],
    );
    return plan({
      stack,
      services,
      stale,
      looked: await this.#lookAtCandidates(assessed),
      unknown,
      complete,
      gaps,
      hosts,
      started,
      previous: before,
      assumeAbsent,
      knowledge: await this.#knowledge(),
    });
  }

  /** What only says how it is spoken to is told from others by its health path, and by who started it. */
  async #lookAtCandidates({ services, hosts }: Assessment): Promise<Looked[]> {
    const { isGeneric, isNamed } = await this.#knowledge();
    const here = new Set(hosts[0]?.addresses);
    const candidates = this.#given.stack.services.flatMap(({ name, type, ports, health, placement }) => {
      const own = ports?.kind === "fixed" ? ports.ports : [];
      if (!isGeneric(type) || health.path === undefined) return [];
      return services
        .filter((one) => own.includes(one.port) && isNamed(one, type))
        .filter(({ host }) => placement.kind !== "local" || here.has(host))
        .map((service) => ({ name, service, isHere: here.has(service.host) }));
    });
    const looked: Looked[] = [];
    await inParallel(candidates, LOOKS_AT_ONCE, async (one) => {
      const found = await this.#lookAtCandidate(one);
      if (found !== undefined) looked.push(found);
    });
    return looked;
  }

  async #lookAtCandidate({ name, service, isHere }: Candidate): Promise<Looked | undefined> {
    const { id, host: address, port } = service;
    const holder = isHere ? holderOfPort(leasesFolder(this.#given.stateFolder), port) : undefined;
    if (holder !== undefined && !holder.token.startsWith(tokenPrefix(this.#folder)))
      return { service: name, id, kind: "other", reason: `another stack started it, as ${holder.service}` };
    const { state, summary = "" } = (await this.#lookAgain({ service: name, address, port })) ?? {};
    if (state === undefined || state === "healthy") return undefined;
    return { service: name, id, kind: state === "unknown" ? "unsure" : "other", reason: summary };
  }

  /** Undefined for what is no service of the stack, or nowhere. */
  async #lookAgain({
    service,
    address,
    port,
  }: Pick<Decision, "service" | "address" | "port">): Promise<Look | undefined> {
    const wanted = this.#given.stack.services.find(({ name }) => name === service);
    if (address === null || port === null || wanted === undefined) return undefined;
    const { type, version, health } = wanted;
    const asked = {
      type,
      ...(version !== undefined && { version }),
      ...(health.path !== undefined && { healthPath: health.path }),
    };
    return (await this.#looker())({ address, port }, asked, this.#signal);
  }

  async #knowledge(): Promise<Knowledge> {
    const { loadVersions } = await import("./stack/version.ts");
    const versions = await loadVersions();
    this.#catalog ??= loadCatalog();
    return knowledgeOf(await this.#catalog, (version, range) => versions.satisfies(version, range));
  }

  async #looker() {
    const { options = {} } = this.#given;
    const knowledge = await this.#knowledge();
    return (at: Parameters<typeof look>[0], wanted: Parameters<typeof look>[1], signal: AbortSignal) =>
      look(at, wanted, signal, { knowledge, options });
  }
}

/** Where a stack file lies. */
type StackPlace = Pick<Stack, "file" | "folder" | "realName">;

interface StopOptions extends Required<Pick<BootManagerOptions, "env" | "stateFolder" | "signal">> {
  readonly onEvent?: (event: BootEvent) => void;
}

/** Stops what boots of a stack have started, and nothing else; what its file says by now does not matter. */
export async function stopStack(place: StackPlace, given: StopOptions): Promise<DownReport> {
  const { env, stateFolder, signal, onEvent } = given;
  const portsFolder = leasesFolder(stateFolder);
  const stopped = down(recordsFolder(place, stateFolder), {
    portsFolder,
    env,
    signal,
    ...(onEvent && { onEvent }),
  });
  return stopped.catch(inStateFolder(stateFolder));
}

/** For `catch`: what cannot be written down in the state folder is something that its user can mend. */
function inStateFolder(folder: string): (error: unknown) => never {
  return (error) => {
    if (!isAbout(error, resolve(folder))) throw error;
    throw new DiscoverError(
      "file",
      `what is started cannot be remembered in ${shown(folder)}: ${fileFault(error)}; XDG_STATE_HOME names another folder`,
      { cause: error },
    );
  };
}

/** A file within that folder, a folder on the way there that cannot be made, or a full disk, which names no file. */
function isAbout(error: unknown, folder: string): boolean {
  if (FULL.has(errorCode(error) ?? "")) return true;
  const path = error instanceof Error && "path" in error ? error.path : undefined;
  if (errorCode(error) === undefined || typeof path !== "string") return false;
  return resolve(path).startsWith(folder) || folder.startsWith(resolve(path));
}

/** What write(2) says where nothing more can be written. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

/** A stack is known by where its file lies. */
function recordsFolder({ file, folder, realName = basename(file) }: StackPlace, stateFolder: string): string {
  const path = join(folder, realName);
  const key = createHash("sha256").update(path).digest("hex").slice(0, 12);
  return join(stateFolder, "stacks", `${basename(folder)}-${key}`);
}

function leasesFolder(stateFolder: string): string {
  return join(stateFolder, "ports");
}
