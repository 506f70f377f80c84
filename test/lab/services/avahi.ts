import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { run } from "../command.ts";
import type { Machine } from "../machine.ts";
import type { Service } from "../service.ts";

/** What a host announces. */
export interface AvahiService {
  /** Any text: dots, blanks and UTF-8 too. */
  readonly name: string;
  /** `_http._tcp`. */
  readonly type: string;
  readonly port: number;
  /** `_printer`. */
  readonly subtypes?: readonly string[];
  /** `key=value`, or a key with bytes. */
  readonly txt?: readonly (string | { readonly key: string; readonly bytes: Uint8Array })[];
}

export interface AvahiOptions {
  /** Announced as `NAME.local`; the machine's name where absent. */
  readonly hostName?: string;
  /** The interfaces it speaks on: the lab's own where absent. */
  readonly interfaces?: readonly string[];
  /** Also answers avahi-resolve and avahi-browse, which `ask` runs. */
  readonly dbus?: true;
}

/** An mDNS responder: avahi-daemon, with a bus of its own where it is to be asked. */
export interface Avahi {
  readonly service: Service;
  /** No longer announces what it announced under that name: it says goodbye. */
  withdraw(name: string): void;
  /** Announces one more, or the same anew. */
  announce(service: AvahiService): void;
  /** Runs one of avahi's own tools against this daemon and returns what it printed. */
  ask(argv: readonly string[]): Promise<string>;
}

export async function avahi(
  machine: Machine,
  services: readonly AvahiService[],
  { hostName = machine.name, interfaces = [machine.name === "local" ? "br0" : "eth0"], dbus }: AvahiOptions,
): Promise<Avahi> {
  const name = `avahi-${hostName}`;
  const folder = machine.folder(name);
  const etc = path.join(folder, "etc");
  mkdirSync(path.join(etc, "services"), { recursive: true });
  const file = (service: string): string =>
    path.join(etc, "services", `${Buffer.from(service).toString("hex")}.service`);
  const announce = (service: AvahiService): void => {
    // In one step: the daemon reads a file as soon as it is there.
    const draft = path.join(folder, "draft");
    writeFileSync(draft, serviceFile(service));
    renameSync(draft, file(service.name));
  };
  for (const service of services) announce(service);
  writeFileSync(path.join(etc, "avahi-daemon.conf"), configuration(hostName, interfaces, dbus === true));
  const bus = dbus === true ? await startBus(machine, name) : "none";
  const service = await machine.start({
    name,
    port: 5353,
    listen: machine.listen,
    argv: ["unshare", "-m", "--propagation", "private", "sh", "-c", startScript(folder), bus],
    says: established(services.length),
    datagrams: true,
  });
  return {
    service,
    announce,
    withdraw: (service) => rmSync(file(service)),
    ask: (argv) => machine.run(["env", `DBUS_SYSTEM_BUS_ADDRESS=${bus}`, ...argv]),
  };
}

/** Its folders are in fixed places, so it gets them in mounts that nobody else sees; $0 is the bus. */
function startScript(folder: string): string {
  return `mkdir -p /run/avahi-daemon ${folder}/run &&
    mount --bind ${folder}/run /run/avahi-daemon && mount --bind ${folder}/etc /etc/avahi &&
    DBUS_SYSTEM_BUS_ADDRESS=$0 exec avahi-daemon -f /etc/avahi/avahi-daemon.conf --no-drop-root --no-chroot --no-rlimits`;
}

/** It says so of each service, after it has asked whether somebody else has that name. */
function established(services: number): RegExp {
  return services === 0 ? /startup complete/ : new RegExp(`(?:successfully established[^]*){${services}}`);
}

function configuration(hostName: string, interfaces: readonly string[], dbus: boolean): string {
  return `[server]
host-name=${hostName}
domain-name=local
use-ipv4=yes
use-ipv6=yes
allow-interfaces=${interfaces.join(",")}
enable-dbus=${dbus ? "yes" : "no"}
[publish]
publish-workstation=no
publish-hinfo=no
`;
}

function serviceFile({ name, type, port, subtypes = [], txt = [] }: AvahiService): string {
  const lines = [
    ...subtypes.map((subtype) => `<subtype>${subtype}._sub.${type}</subtype>`),
    ...txt.map((one) =>
      typeof one === "string"
        ? `<txt-record>${xml(one)}</txt-record>`
        : `<txt-record value-format="binary-hex">${one.key}=${Buffer.from(one.bytes).toString("hex")}</txt-record>`,
    ),
  ];
  return `<?xml version="1.0" standalone="no"?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group>
  <name>${xml(name)}</name>
  <service><type>${type}</type>${lines.slice(0, subtypes.length).join("")}<port>${port}</port>${lines.slice(subtypes.length).join("")}</service>
</service-group>
`;
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** A bus on which everybody may say everything; resolves to its address. */
async function startBus(machine: Machine, name: string): Promise<string> {
  const folder = machine.folder(`${name}-bus`);
  const address = `unix:path=${folder}/socket`;
  const config = path.join(folder, "bus.conf");
  writeFileSync(config, busConfiguration(address));
  await machine.start({
    name: `${name}-bus`,
    port: 0,
    listen: machine.listen,
    argv: ["dbus-daemon", `--config-file=${config}`, "--nofork", "--print-address=1"],
    says: /unix:path=/,
    datagrams: true,
  });
  await run(["chmod", "777", path.join(folder, "socket")]);
  return address;
}

function busConfiguration(address: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
</busconfig>
`;
}
