import { fromLatin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { MORE, facts, matched, quoted } from "../reading.ts";

// Handshake v10 and ERR_Packet, https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
const HANDSHAKE = 0x0a;
const ERROR = 0xff;
const LONGEST = 1024;
const CLIENT_SSL = 0x0800;

/** Errors that come before a handshake, and what they mean for whoever asks. */
const HEALTH_OF_ERROR: Readonly<Record<number, Health>> = {
  1040: "degraded", // ER_CON_COUNT_ERROR
  1129: "degraded", // ER_HOST_IS_BLOCKED
  1130: "protected", // ER_HOST_NOT_PRIVILEGED
};

/** Products as their version strings name them; a plain version is MySQL's. */
const KIN: readonly (readonly [RegExp, string])[] = [
  [/^(?:5\.5\.5-)?(\d[\d.]*)-MariaDB/i, "MariaDB"], // 5.5.5- is a prefix for old replication clients
  [/-TiDB-v?(\d[\w.]*)/i, "TiDB"],
  [/^(\d[\d.-]*\d).*Percona/i, "Percona Server"],
  [/^(\d[\d.]*)(?![\d.]).*$/, "MySQL"],
];

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    const length = (reply[0] ?? 0) | ((reply[1] ?? 0) << 8);
    if ((reply[2] ?? 0) !== 0 || (reply[3] ?? 0) > 1 || (reply.length >= 3 && length > LONGEST))
      return undefined;
    const kind = reply[4];
    if (kind !== undefined && kind !== HANDSHAKE && kind !== ERROR) return undefined;
    if (kind === undefined || reply.length < length + 4) return ended ? undefined : MORE;
    const match = kind === ERROR ? refusal(reply, length + 4) : handshake(reply.subarray(0, length + 4));
    return match && matched(match);
  },
};

function handshake(packet: Uint8Array): Match | undefined {
  const end = packet.indexOf(0, 5);
  const filler = end + 13; // after the connection's number and eight bytes of salt
  const version = fromLatin1(packet.subarray(5, Math.max(end, 5)));
  if (packet[3] !== 0 || !/^\d[\x21-\x7e]{2,80}$/.test(version)) return undefined;
  if (packet.length < filler + 3 || packet[filler] !== 0) return undefined;
  const [pattern, product] = KIN.find(([pattern]) => pattern.test(version)) ?? [/^$/, "MySQL"];
  const startTls = (((packet[filler + 2] ?? 0) << 8) & CLIENT_SSL) !== 0;
  return {
    ...facts({ version: pattern.exec(version)?.[1] }),
    product,
    confidence: 0.98,
    health: "healthy",
    summary: `greeted with handshake v10 of ${quoted(version)}`,
    metadata: { startTls },
  };
}

function refusal(reply: Uint8Array, end: number): Match | undefined {
  const code = ((reply[6] ?? 0) << 8) | (reply[5] ?? 0);
  const message = fromLatin1(reply.subarray(7, end)).replace(/^#[0-9A-Z]{5}/, "");
  if (code < 1000 || code > 1999 || !/^[\x20-\x7e]{8,}$/.test(message)) return undefined;
  return {
    ...facts({ product: /\b(?:MySQL|MariaDB)\b/.exec(message)?.[0] }),
    confidence: HEALTH_OF_ERROR[code] === undefined ? 0.9 : 0.97,
    health: HEALTH_OF_ERROR[code] ?? "unhealthy",
    summary: `greeted with error ${code} ${quoted(message, 100)}`,
  };
}

const entry: CatalogEntry = {
  type: "mysql",
  title: "MySQL",
  category: "database",
  summary: "Relational database; MariaDB, Percona Server and TiDB speak the same protocol",
  ports: [3306, 3307, 4000],
  dnsServices: ["_mysql._tcp"],
  scheme: "mysql",
  products: ["MySQL", "MariaDB", "Percona Server", "TiDB"],
  processes: ["mysqld", "mariadbd", "tidb-server"],
  probes: [greeting],
  examples: [
    {
      name: "MariaDB 10.11 of Debian 12",
      probe: "greeting",
      replies: [
        "d\x00\x00\x00\n5.5.5-10.11.19-MariaDB-0+deb12u1\x00\x03\x00\x00\x00F-Jme6y!\x00\xfe\xf7\x08\x02\x00\xff\x81\x15\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x005'c?PV=n2MjR\x00mysql_native_password\x00",
      ],
      expect: { product: "MariaDB", version: "10.11.19", health: "healthy" },
    },
    {
      name: "MySQL 8.0 with TLS offered",
      probe: "greeting",
      replies: [
        "I\x00\x00\x00\n8.0.36\x00\x08\x00\x00\x00\x1fEi\x13;d\x5a\x22\x00\xff\xff\xff\x02\x00\xff\xdf\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x41\x39\x1e\x64\x13\x4f\x2a\x5c\x6b\x14\x7d\x02\x00caching_sha2_password\x00",
      ],
      expect: { product: "MySQL", version: "8.0.36", health: "healthy" },
    },
    {
      name: "a host that may not connect",
      probe: "greeting",
      replies: ["C\x00\x00\x00\xffj\x04Host '10.0.0.5' is not allowed to connect to this MariaDB server"],
      expect: { product: "MariaDB", health: "protected" },
    },
    {
      name: "a host that has been blocked",
      probe: "greeting",
      replies: [
        "f\x00\x00\x00\xffi\x04Host '10.0.0.5' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'",
      ],
      expect: { health: "degraded" },
    },
    {
      name: "no connection left",
      probe: "greeting",
      replies: ["\x17\x00\x00\x00\xff\x10\x04Too many connections"],
      expect: { health: "degraded" },
    },
  ],
};

export default entry;
