import type { CatalogEntry, HttpExample, ProbeExample } from "../../src/model/catalog.ts";
import type { BadMode } from "./bad-server.js";
import { run } from "./command.ts";
import { drop, openUp, rationRefusals, reject } from "./faults.ts";
import type { Refusal } from "./faults.ts";
import { Machine } from "./machine.ts";
import type { MachinePlace, ServiceOptions } from "./machine.ts";
import type { Service } from "./service.ts";
import { avahi } from "./services/avahi.ts";
import type { Avahi, AvahiOptions, AvahiService } from "./services/avahi.ts";
import { bind } from "./services/bind.ts";
import type { BindOptions } from "./services/bind.ts";
import { dnsmasq } from "./services/dnsmasq.ts";
import { etcd } from "./services/etcd.ts";
import type { EtcdOptions } from "./services/etcd.ts";
import { knot } from "./services/knot.ts";
import { mariadb } from "./services/mariadb.ts";
import type { MariadbOptions } from "./services/mariadb.ts";
import { memcached } from "./services/memcached.ts";
import { mqtt } from "./services/mqtt.ts";
import type { MqttOptions } from "./services/mqtt.ts";
import { nats } from "./services/nats.ts";
import type { NatsOptions } from "./services/nats.ts";
import { nginx } from "./services/nginx.ts";
import type { NginxOptions } from "./services/nginx.ts";
import { bad, pages, script } from "./services/own.ts";
import type { OwnOptions } from "./services/own.ts";
import { postgres } from "./services/postgres.ts";
import type { PostgresOptions } from "./services/postgres.ts";
import { redis } from "./services/redis.ts";
import type { RedisOptions } from "./services/redis.ts";
import { sshd } from "./services/sshd.ts";
import type { Zones } from "./services/zone-file.ts";
import { scriptOf } from "./stand-in.ts";

/** One host of the lab: what can run on it, and what can go wrong with it. Every service resolves once it is ready. */
export class Host extends Machine {
  readonly #bridgePort: string | undefined;

  /** `bridgePort` is the other end of its cable; a host without one cannot be unplugged. */
  constructor(place: MachinePlace, bridgePort?: string) {
    super(place);
    this.#bridgePort = bridgePort;
  }

  redis(options: RedisOptions = {}): Promise<Service> {
    return redis(this, options);
  }

  memcached(options: ServiceOptions = {}): Promise<Service> {
    return memcached(this, options);
  }

  nats(options: NatsOptions = {}): Promise<Service> {
    return nats(this, options);
  }

  mqtt(options: MqttOptions = {}): Promise<Service> {
    return mqtt(this, options);
  }

  etcd(options: EtcdOptions = {}): Promise<Service> {
    return etcd(this, options);
  }

  postgres(options: PostgresOptions = {}): Promise<Service> {
    return postgres(this, options);
  }

  mariadb(options: MariadbOptions = {}): Promise<Service> {
    return mariadb(this, options);
  }

  nginx(options: NginxOptions = {}): Promise<Service> {
    return nginx(this, options);
  }

  knot(zones: Zones, options: ServiceOptions = {}): Promise<Service> {
    return knot(this, zones, options);
  }

  bind(zones: Zones, options: BindOptions = {}): Promise<Service> {
    return bind(this, zones, options);
  }

  /** Takes lines of dnsmasq.conf: `srv-host=_http._tcp.lab.test,web.lab.test,80`. */
  dnsmasq(lines: readonly string[], options: ServiceOptions = {}): Promise<Service> {
    return dnsmasq(this, lines, options);
  }

  /** An mDNS responder that announces these. */
  avahi(services: readonly AvahiService[], options: AvahiOptions = {}): Promise<Avahi> {
    return avahi(this, services, options);
  }

  sshd(options: ServiceOptions = {}): Promise<Service> {
    return sshd(this, options);
  }

  /** A server that behaves badly. */
  bad(mode: BadMode, port: number, options: ServiceOptions = {}): Promise<Service> {
    return bad(this, mode, { ...options, port });
  }

  /** What `startHttpStandIn` is, on this host. */
  httpStandIn(examples: readonly HttpExample[], options: OwnOptions): Promise<Service> {
    return pages(this, examples, options);
  }

  /** What `startProbeStandIn` is, on this host. */
  probeStandIn(entry: CatalogEntry, example: ProbeExample, options: OwnOptions): Promise<Service> {
    return script(this, scriptOf(entry, example), options);
  }

  /** Throws away all that comes for a TCP port: a connect times out. */
  drop(port: number): Promise<void> {
    return drop(this, port);
  }

  /** Refuses all that comes for a TCP port, or for ports `from:to`; with `tcp-reset` as if nothing listened there. */
  reject(port: number | string, how: Refusal = "tcp-reset"): Promise<void> {
    return reject(this, port, how);
  }

  /** Lets the kernel ration its ICMP errors, as it does where nobody has told it otherwise. */
  rationRefusals(): Promise<void> {
    return rationRefusals(this);
  }

  /** Pulls its cable: nothing comes or goes. */
  unplug(): Promise<void> {
    return this.#cable("down");
  }

  plug(): Promise<void> {
    return this.#cable("up");
  }

  /** Ends every fault: firewall open, cable in. */
  async heal(): Promise<void> {
    await openUp(this);
    if (this.#bridgePort !== undefined) await this.plug();
  }

  /** At the bridge's end: a host that sets its own end down loses its IPv6 address. */
  async #cable(state: "up" | "down"): Promise<void> {
    if (this.#bridgePort === undefined) throw new Error(`${this.name} hangs on no cable`);
    await run(["ip", "link", "set", this.#bridgePort, state]);
  }
}
