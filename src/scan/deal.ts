import type { Endpoint } from "../model/endpoint.ts";
import type { AddressRange } from "../model/target.ts";
import { parseIpv4 } from "../targets/ipv4.ts";
import { addressList } from "../targets/walk.ts";
import { likelyFirst } from "./likely-ports.ts";
import { type Hosts, Stretch, type StretchMark, type StretchShape } from "./stretch.ts";
import type { Counts } from "./tally.ts";

/** What is to be swept: every port of every address. Can be sent to a worker. */
export interface Field {
  readonly ranges: readonly AddressRange[];
  /** Ascending, each once. */
  readonly ports: readonly number[];
  /** Whether only some hosts of a /24 are asked until one of its hosts answers. */
  readonly isSparse: boolean;
}

/** A part of a field that is swept at a time: so many addresses from one on, and so many ports from one on. */
export interface Portion {
  readonly firstHost: number;
  readonly hosts: number;
  readonly firstPort: number;
  readonly ports: number;
  /** How far it was when a run ended, and what came of it until then. */
  readonly mark?: StretchMark;
  readonly counts?: Counts;
}

/** Where a portion begins: the place of its first host, and that of its first port. */
export interface Place {
  readonly host: number;
  readonly port: number;
}

/** Probes of a portion, about: small enough to be shared out, large enough to keep many hosts in turn. */
const PORTION = 4_096;
const FEWEST_HOSTS = 64;
const MOST_HOSTS = 1_024;
const NETWORK = 256;
/** Of so few hosts, if they are this machine's own, the ports are shared out: elsewhere a host is one sweeper's. */
const FEW_OWN = 8;
const OWN_PORTS = 1_024;
/** Hosts of a /24 that are asked first: gateways, servers and the beginnings of DHCP pools stand at such places. */
const SAMPLES: ReadonlySet<number> = new Set([1, 2, 10, 50, 100, 150, 200, 254]);

/** Portions in order. */
export class Deal {
  readonly #hosts: number;
  readonly #ports: number;
  readonly #hostsEach: number;
  readonly #at: (host: number) => string;
  readonly #isSparse: boolean;
  readonly #portsEach: number;
  #host: number;
  #port: number;

  /**
   * @param isOwn Whether an address is this machine's own.
   * @param from Where to begin: a `place` of an earlier deal of this field.
   */
  constructor(field: Field, isOwn: (address: string) => boolean, from: Place = { host: 0, port: 0 }) {
    const list = addressList(field.ranges);
    this.#hosts = field.ports.length === 0 ? 0 : list.length;
    this.#ports = field.ports.length;
    const areOwn =
      list.length <= FEW_OWN && Array.from({ length: list.length }, (_, at) => list.at(at)).every(isOwn);
    this.#portsEach = areOwn ? Math.min(this.#ports, OWN_PORTS) : this.#ports;
    const fitting = Math.min(MOST_HOSTS, Math.max(FEWEST_HOSTS, Math.ceil(PORTION / this.#ports)));
    this.#hostsEach = field.isSparse ? Math.ceil(fitting / NETWORK) * NETWORK : fitting;
    this.#at = (host) => list.at(host);
    this.#isSparse = field.isSparse;
    this.#host = from.host;
    this.#port = from.port;
  }

  get isOver(): boolean {
    return this.#host >= this.#hosts;
  }

  /** Where the next portion begins. */
  get place(): Place {
    return { host: this.#host, port: this.#port };
  }

  /** How many are to come, about. */
  get left(): number {
    const perHosts = Math.ceil(this.#ports / this.#portsEach);
    const here = Math.ceil(this.#port / this.#portsEach);
    return this.isOver ? 0 : Math.ceil((this.#hosts - this.#host) / this.#hostsEach) * perHosts - here;
  }

  next(): Portion | undefined {
    if (this.isOver) return undefined;
    const hosts = this.#whole(Math.min(this.#hostsEach, this.#hosts - this.#host));
    const ports = Math.min(this.#portsEach, this.#ports - this.#port);
    const portion = { firstHost: this.#host, hosts, firstPort: this.#port, ports };
    this.#port += ports;
    if (this.#port < this.#ports) return portion;
    this.#port = 0;
    this.#host += hosts;
    return portion;
  }

  /** So many hosts, or as many fewer as it takes to end with a network: a sparse one is asked whole or not at all. */
  #whole(hosts: number): number {
    const end = this.#host + hosts;
    if (!this.#isSparse || end >= this.#hosts) return hosts;
    const cut = networkOf(this.#at(end));
    if (cut < 0) return hosts;
    let whole = hosts;
    while (whole > 0 && networkOf(this.#at(this.#host + whole - 1)) === cut) whole--;
    return whole > 0 ? whole : hosts;
  }
}

/** The /24 in which an IPv4 address lies; -1 for others. */
function networkOf(address: string): number {
  return networkAt(parseIpv4(address));
}

function networkAt(value: number | undefined): number {
  return value === undefined ? -1 : Math.floor(value / NETWORK);
}

/** Makes stretches of the portions of a field. */
export function stretches(field: Field): (portion: Portion) => Stretch {
  const list = addressList(field.ranges);
  const ports = likelyFirst(field.ports);
  return ({ firstHost, hosts: length, firstPort, ports: count, mark }) => {
    const hosts = { length, at: (index: number) => list.at(firstHost + index) };
    const shape = { hosts, ports: ports.slice(firstPort, firstPort + count), ...(mark && { mark }) };
    return new Stretch(field.isSparse ? { ...shape, ...sampled(hosts) } : shape);
  };
}

/** One endpoint by itself. */
export function single({ address, port }: Endpoint): Stretch {
  return new Stretch({ hosts: { length: 1, at: () => address }, ports: [port] });
}

/** Networks of which none of the places is among the targets are asked whole, and so is IPv6. */
function sampled(hosts: Hosts): Required<Pick<StretchShape, "networks" | "samples">> {
  const networks = new Float64Array(hosts.length);
  const samples = new Uint8Array(hosts.length);
  const seen = new Set<number>();
  for (let at = 0; at < hosts.length; at++) {
    const value = parseIpv4(hosts.at(at));
    networks[at] = networkAt(value);
    if (value !== undefined && !SAMPLES.has(value % NETWORK)) continue;
    samples[at] = 1;
    seen.add(networks[at] ?? -1);
  }
  for (const [at, network] of networks.entries()) if (!seen.has(network)) samples[at] = 1;
  return { networks, samples };
}
