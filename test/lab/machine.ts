import { spawn } from "node:child_process";
import { mkdirSync, openSync, closeSync } from "node:fs";
import path from "node:path";

import { installed, run } from "./command.ts";
import { killAll } from "./processes.ts";
import { ready } from "./ready.ts";
import { Service } from "./service.ts";

/** Where a machine is and how things are run on it. */
export interface MachinePlace {
  /** `h1`, `local`. */
  readonly name: string;
  readonly address: string;
  readonly address6: string;
  /** The addresses that its services listen on unless told otherwise. */
  readonly listen: readonly string[];
  /** Its network namespace; absent: the one we are in. */
  readonly namespace?: string;
  /** Where its services keep their files. */
  readonly folder: string;
}

/** A program that is to run as a service. */
export interface ServiceStart {
  /** `redis-6379`, as `folder` has it. */
  readonly name: string;
  readonly port: number;
  readonly listen: readonly string[];
  readonly argv: readonly string[];
  /** What it prints when it is ready, where taking connections is not enough. */
  readonly says?: RegExp;
  /** It takes no TCP connections: what it prints is all there is to see. */
  readonly datagrams?: true;
}

/** What every service can be told. */
export interface ServiceOptions {
  readonly port?: number;
  /** The addresses to listen on: the machine's own choice where absent. */
  readonly listen?: readonly string[];
}

/** A machine of the lab as a service sees it: a folder, a namespace, and a way to start things. */
export class Machine {
  readonly name: string;
  readonly address: string;
  readonly address6: string;
  readonly listen: readonly string[];
  readonly #namespace: string | undefined;
  readonly #folder: string;
  readonly #services: Service[] = [];

  constructor(place: MachinePlace) {
    this.name = place.name;
    this.address = place.address;
    this.address6 = place.address6;
    this.listen = place.listen;
    this.#namespace = place.namespace;
    this.#folder = place.folder;
  }

  /** A folder for one service's files. */
  folder(name: string): string {
    const folder = path.join(this.#folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Runs a program on this machine to its end and returns what it printed. */
  run(argv: readonly string[], input?: string): Promise<string> {
    return run(this.#inside(argv), input);
  }

  /** Starts a service and waits until it is ready. */
  async start(spec: ServiceStart): Promise<Service> {
    const folder = this.folder(spec.name);
    const logFile = path.join(folder, "log");
    const log = openSync(logFile, "w");
    const [program = "", ...rest] = this.#inside(spec.argv);
    const child = spawn(program, rest, { stdio: ["ignore", log, log], cwd: folder });
    closeSync(log);
    const service = new Service(spec.name, this.#reachable(spec.listen), spec.port, child, logFile);
    this.#services.push(service);
    await ready(service, spec);
    return service;
  }

  /** Ends every service and whatever else still runs here. */
  async powerOff(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.stop()));
    if (this.#namespace === undefined) return;
    const left = await run(["ip", "netns", "pids", this.#namespace]);
    await killAll(left.split("\n").filter(Boolean).map(Number));
  }

  /** nsenter becomes the program, so that the child's pid is the service's own. */
  #inside([program = "", ...rest]: readonly string[]): string[] {
    const argv = [installed(program), ...rest];
    return this.#namespace === undefined
      ? argv
      : [installed("nsenter"), `--net=/run/netns/${this.#namespace}`, ...argv];
  }

  /** The address at which the test reaches what listens on these. */
  #reachable(listen: readonly string[]): string {
    if (listen.includes("0.0.0.0") || listen.includes(this.address)) return this.address;
    return listen.includes("::") ? this.address6 : (listen[0] ?? this.address);
  }
}
