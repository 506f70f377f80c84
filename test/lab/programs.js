// @ts-check
// What the lab needs installed, for test/run.js, the lab's tests and .ci/run, which asks
// `node test/lab/programs.js` for the Debian packages that are missing here, one a line.

import { accessSync, constants, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {string} debian The Debian 12 package that brings it.
 * @property {true} [core] Without it there is no lab at all.
 */

/** @type {readonly Program[]} */
export const PROGRAMS = [
  { name: "unshare", debian: "util-linux", core: true },
  { name: "nsenter", debian: "util-linux", core: true },
  { name: "setpriv", debian: "util-linux", core: true },
  { name: "ip", debian: "iproute2", core: true },
  { name: "iptables", debian: "iptables", core: true },
  { name: "ip6tables", debian: "iptables", core: true },
  { name: "openssl", debian: "openssl", core: true },
  { name: "faketime", debian: "faketime" },
  { name: "jq", debian: "jq" },
  { name: "python3", debian: "python3" },
  { name: "redis-server", debian: "redis-server" },
  { name: "memcached", debian: "memcached" },
  { name: "nats-server", debian: "nats-server" },
  { name: "mosquitto", debian: "mosquitto" },
  { name: "etcd", debian: "etcd-server" },
  { name: "postgres", debian: "postgresql-15" },
  { name: "initdb", debian: "postgresql-15" },
  { name: "mariadbd", debian: "mariadb-server" },
  { name: "mariadb-install-db", debian: "mariadb-server" },
  { name: "nginx", debian: "nginx-light" },
  { name: "knotd", debian: "knot" },
  { name: "named", debian: "bind9" },
  { name: "dnsmasq", debian: "dnsmasq-base" },
  { name: "avahi-daemon", debian: "avahi-daemon" },
  { name: "avahi-resolve", debian: "avahi-utils" },
  { name: "avahi-browse", debian: "avahi-utils" },
  { name: "dbus-daemon", debian: "dbus-daemon" },
  { name: "sshd", debian: "openssh-server" },
  { name: "ssh-keygen", debian: "openssh-client" },
  { name: "tar", debian: "tar" },
  { name: "dockerd", debian: "docker.io" },
  { name: "docker", debian: "docker.io" },
  { name: "docker-compose", debian: "docker-compose" },
  { name: "containerd", debian: "containerd" },
  { name: "runc", debian: "runc" },
  { name: "busybox", debian: "busybox-static" },
];

/**
 * Where a program is (a path is where it says); undefined where it is not installed. Looks beyond PATH: an ordinary user's lacks the
 * folders of servers, and Debian keeps PostgreSQL's own programs out of everybody's.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function programPath(name) {
  const folders = [
    ...(process.env["PATH"] ?? "").split(":").filter((folder) => path.isAbsolute(folder)),
    "/usr/sbin",
    "/sbin",
    ...postgresFolders(),
  ];
  return folders.map((folder) => path.resolve(folder, name)).find(isExecutable);
}

/**
 * Those of the named programs, or of all, that are not installed.
 *
 * @param {readonly string[]} [names]
 * @returns {readonly Program[]}
 */
export function missingPrograms(names = PROGRAMS.map((program) => program.name)) {
  return PROGRAMS.filter(({ name }) => names.includes(name) && programPath(name) === undefined);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Newest version first. */
function postgresFolders() {
  const root = "/usr/lib/postgresql";
  try {
    const versions = readdirSync(root).toSorted((a, b) => Number(b) - Number(a));
    return versions.map((version) => path.join(root, version, "bin"));
  } catch {
    return [];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const debian of new Set(missingPrograms().map((program) => program.debian))) console.log(debian);
}
