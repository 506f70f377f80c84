import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { networkInterfaces } from "node:os";
import tls from "node:tls";

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import mongodb from "../../src/catalog/services/mongodb.ts";
import ollama from "../../src/catalog/services/ollama.ts";
import { run } from "./command.ts";
import type { Host } from "./host.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { processTree } from "./processes.ts";
import { missingPrograms } from "./programs.js";
import type { Service } from "./service.ts";
import { isHttpExample, scriptOf } from "./stand-in.ts";
import { connectOutcome, talk } from "./talk.ts";

/** A question in the service's own words and what any real one answers. */
interface Talk {
  readonly kind: string;
  readonly program: string;
  readonly odd: number;
  readonly start: (host: Host, port?: number) => Promise<Service>;
  readonly send?: string;
  readonly answer: RegExp;
}

const GET = "GET /health HTTP/1.0\r\n\r\n";
/** One query for db.lab.test A over TCP (RFC 1035, section 4.2.2): its address is the end of the answer. */
const WHERE_IS_DB =
  "\x00\x1d\x00\x07\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02db\x03lab\x04test\x00\x00\x01\x00\x01";
const at = (port?: number): { port?: number } => (port === undefined ? {} : { port });

const TALKS: readonly Talk[] = [
  {
    kind: "Redis",
    program: "redis-server",
    odd: 7001,
    start: (host, port) => host.redis(at(port)),
    send: "PING\r\n",
    answer: /^\+PONG/,
  },
  {
    kind: "Redis with a password",
    program: "redis-server",
    odd: 7002,
    start: (host, port = 6380) => host.redis({ port, pass: "secret" }),
    send: "PING\r\n",
    answer: /^-NOAUTH/,
  },
  {
    kind: "Memcached",
    program: "memcached",
    odd: 7003,
    start: (host, port) => host.memcached(at(port)),
    send: "version\r\n",
    answer: /^VERSION \d/,
  },
  {
    kind: "NATS",
    program: "nats-server",
    odd: 7004,
    start: (host, port) => host.nats(at(port)),
    answer: /^INFO \{/,
  },
  {
    kind: "Mosquitto",
    program: "mosquitto",
    odd: 7005,
    start: (host, port) => host.mqtt(at(port)),
    // CONNECT of MQTT 3.1.1 with a client id `t`; CONNACK, accepted (OASIS, section 3.2).
    send: "\x10\x0d\x00\x04MQTT\x04\x02\x00\x0a\x00\x01t",
    answer: /^\x20\x02\x00\x00/,
  },
  {
    kind: "etcd",
    program: "etcd",
    odd: 7006,
    start: (host, port) => host.etcd(at(port)),
    send: "GET /health HTTP/1.0\r\n\r\n",
    answer: /"health":"true"/,
  },
  {
    kind: "PostgreSQL",
    program: "postgres",
    odd: 7010,
    start: (host, port) => host.postgres(at(port)),
    send: "\x00\x00\x00\x08\x04\xd2\x16\x2f", // SSLRequest
    answer: /^N/,
  },
  {
    kind: "MariaDB",
    program: "mariadbd",
    odd: 7011,
    start: (host, port) => host.mariadb(at(port)),
    answer: /^[^]{4}\x0a[^\0]*MariaDB/,
  },
  {
    kind: "nginx",
    program: "nginx",
    odd: 7012,
    start: (host, port) => host.nginx(at(port)),
    send: GET,
    answer: /"ok"/,
  },
  {
    kind: "sshd",
    program: "sshd",
    odd: 7013,
    start: (host, port) => host.sshd(at(port)),
    answer: /^SSH-2\.0-/,
  },
  {
    kind: "Knot",
    program: "knotd",
    odd: 7014,
    start: (host, port) => host.knot({ "lab.test": "db A 10.99.0.11" }, at(port)),
    send: WHERE_IS_DB,
    answer: /\x0a\x63\x00\x0b$/,
  },
  {
    kind: "BIND beside Knot",
    program: "named",
    odd: 7015,
    start: (host, port = 5353) => host.bind({ "lab.test": "db A 10.99.0.11" }, { port, minimal: true }),
    send: WHERE_IS_DB,
    answer: /\x0a\x63\x00\x0b$/,
  },
  {
    kind: "dnsmasq beside Knot",
    program: "dnsmasq",
    odd: 7016,
    start: (host, port = 5354) => host.dnsmasq(["host-record=db.lab.test,10.99.0.11"], { port }),
    send: WHERE_IS_DB,
    answer: /\x0a\x63\x00\x0b$/,
  },
];

const lacks = (program: string): boolean => missingPrograms([program]).length > 0;

describe("the lab's services", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab({ hosts: 1 });
  });
  afterAll(() => lab.close());

  for (const { kind, program, odd, start, send, answer } of TALKS) {
    test.skipIf(lacks(program))(`${kind} speaks on its usual port, to both families`, async () => {
      const host = lab.host(1);
      const service = await start(host);
      expect(service.address).toBe("10.99.0.11");
      expect(await talk(service, send, answer)).toMatch(answer);
      expect(await talk({ address: host.address6, port: service.port }, send, answer)).toMatch(answer);
    });

    test.skipIf(lacks(program))(`${kind} speaks on an odd port of this machine`, async () => {
      const service = await start(lab.local, odd);
      expect(service).toMatchObject({ address: "127.0.0.1", port: odd });
      expect(await talk(service, send, answer)).toMatch(answer);
      await service.stop();
      expect(await connectOutcome("127.0.0.1", odd)).toBe("ECONNREFUSED");
    });
  }

  test("hosts can stand in for what is not installed", async () => {
    const host = lab.host(1);
    const web = await host.httpStandIn(ollama.examples.filter(isHttpExample), { port: 11434 });
    expect(await talk(web, "GET / HTTP/1.0\r\n\r\n", /running/)).toMatch(
      /^HTTP\/1\.1 200 [^]*Ollama is running$/,
    );
    const [example] = mongodb.examples.flatMap((one) => (isHttpExample(one) ? [] : [one]));
    const [exchange] = example === undefined ? [] : scriptOf(mongodb, example);
    if (example === undefined || exchange === undefined) throw new Error("nothing is recorded of MongoDB");
    const raw = await host.probeStandIn(mongodb, example, { port: 27017 });
    const [question, reply] = [exchange.question, exchange.reply].map((text) => decode(text ?? ""));
    expect(await talk(raw, question)).toBe(reply);
  });

  test("a service that cannot start says why", async () => {
    await expect(lab.host(1).redis({ port: 7100, listen: ["203.0.113.1"] })).rejects.toThrow(
      /redis-7100 ended at once:[^]*203\.0\.113\.1/,
    );
  });

  test.skipIf(lacks("nginx") || lacks("faketime"))(
    "nginx speaks TLS with the certificate it is given",
    async () => {
      const expired = await lab.certificate("old.test", { expired: true, names: ["other.test"] });
      await lab.host(1).nginx({ port: 8080, tls: expired, tlsPort: 8443 });
      const certificate = await peerCertificate("10.99.0.11", 8443);
      expect(certificate.subject.CN).toBe("old.test");
      expect(certificate.subjectaltname).toBe("DNS:old.test, DNS:other.test");
      expect(certificate.valid_to).toMatch(/Jan 11 .* 2020/);
    },
  );

  test.skipIf(lacks("postgres"))("PostgreSQL takes a password and TLS", async () => {
    const host = lab.host(1);
    const service = await host.postgres({ port: 7200, pass: "it's", tls: await lab.certificate("db.test") });
    const sslRequest = "\x00\x00\x00\x08\x04\xd2\x16\x2f";
    expect(await talk(service, sslRequest)).toBe("S");
    // A startup message of protocol 3.0 for the user postgres: it asks for SASL (authentication code 10).
    const startup = "\x00\x00\x00\x17\x00\x03\x00\x00user\x00postgres\x00\x00";
    expect(await talk(service, startup)).toMatch(/^R[^]{4}\x00\x00\x00\x0aSCRAM-SHA-256/);
  });
});

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString("latin1");
}

function peerCertificate(host: string, port: number): Promise<tls.PeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host, port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("the lab's faults", () => {
  let lab: Lab;
  let host: Host;
  beforeAll(async () => {
    lab = await createLab({ hosts: 2 });
    host = lab.host(1);
    await host.bad("echo", 9001);
  });
  afterAll(() => lab.close());

  const both = (): Promise<string[]> =>
    Promise.all([host.address, host.address6].map((address) => connectOutcome(address, 9001)));

  test("a dropped port is silent until it heals", async () => {
    await host.drop(9001);
    expect(await both()).toEqual(["timeout", "timeout"]);
    await host.heal();
    expect(await both()).toEqual(["open", "open"]);
  });

  test("a port rejected with a reset is closed, as if nothing listened", async () => {
    await host.reject(9001);
    expect(await both()).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
    await host.heal();
    expect(await both()).toEqual(["open", "open"]);
  });

  test("a port rejected with an ICMP message fails as the message says, on both families", async () => {
    const expected = [
      ["port-unreachable", "ECONNREFUSED", "ECONNREFUSED"],
      ["host-unreachable", "EHOSTUNREACH", "EHOSTUNREACH"],
      ["net-unreachable", "ENETUNREACH", "ENETUNREACH"],
      ["admin-prohibited", "EHOSTUNREACH", "EACCES"],
    ] as const;
    for (const [at, [how]] of expected.entries()) await host.reject(9010 + at, how);
    const outcomesAt = (address: string): Promise<string[]> =>
      Promise.all(expected.map((_, at) => connectOutcome(address, 9010 + at, 3_500)));
    expect(await outcomesAt(host.address)).toEqual(expected.map(([, code4]) => code4));
    expect(await outcomesAt(host.address6)).toEqual(expected.map(([, , code6]) => code6));
    await host.heal();
    expect(new Set(await outcomesAt(host.address))).toEqual(new Set(["ECONNREFUSED"]));
  });

  test("an unplugged host is silent and comes back with both addresses", async () => {
    await host.unplug();
    expect(await both()).toEqual(["timeout", "timeout"]);
    await host.plug();
    expect(await both()).toEqual(["open", "open"]);
  });

  test("a paused service takes connections and answers nothing until it resumes", async () => {
    const service = await host.bad("echo", 9002);
    service.pause();
    expect(await connectOutcome(service.address, 9002)).toBe("open");
    expect(await talk(service, "hello", /hello/, 200)).toBe("");
    service.resume();
    expect(await talk(service, "hello", /hello/)).toBe("hello");
  });

  test("this machine has no cable to pull", async () => {
    await expect(lab.local.unplug()).rejects.toThrow("local hangs on no cable");
  });

  test("hosts have nothing in common but the network", async () => {
    expect(await connectOutcome("10.99.0.12", 9001)).toBe("ECONNREFUSED");
    expect(await lab.host(2).run(["ip", "-br", "addr", "show", "eth0"])).toContain("10.99.0.12/24");
  });
});

describe("opening a lab", () => {
  test("is refused outside of the throw-away world", async () => {
    vi.stubEnv("LAB_MODE", "");
    await expect(createLab()).rejects.toThrow("inside test/lab/lab-exec.sh, and only there");
    vi.unstubAllEnvs();
  });

  test("is refused while another one is open", async () => {
    await using first = await createLab({ hosts: 1 });
    await expect(createLab({ hosts: 1 })).rejects.toThrow("another lab is open");
    expect(() => first.host(2)).toThrow("the lab has no h2");
  });
});

describe("closing the lab", () => {
  test("leaves no process, no namespace, no link, no rule and no file", async () => {
    const before = await world();
    const lab = await createLab({ hosts: 2 });
    await Promise.all([lab.host(1).bad("mute", 9001), lab.host(2).bad("flood", 9001)]);
    const paused = await lab.local.bad("mute", 9002);
    if (!lacks("postgres")) await lab.local.postgres({ port: 7300 });
    paused.pause();
    await lab.local.drop(9003);
    expect(await world()).not.toEqual(before);
    await lab.close();
    await lab.close();
    expect(await world()).toEqual(before);
  });

  test("happens by itself at the end of the scope", async () => {
    {
      await using lab = await createLab({ hosts: 1 });
      expect(lab.hosts.map(({ name }) => name)).toEqual(["h1"]);
      expect(existsSync("/run/netns/h1")).toBe(true);
    }
    expect(existsSync("/run/netns/h1")).toBe(false);
  });
});

/** All that a lab could leave behind. Templates stay: they end with the world. */
async function world(): Promise<unknown> {
  return {
    services: processTree(1).filter(worksInLab),
    links: Object.keys(networkInterfaces()),
    namespaces: readdirSync("/run/netns"),
    rules: await run(["iptables", "-S"]),
    files: readdirSync("/run").filter((name) => !name.startsWith("lab-template-")),
  };
}

/** Services start in their folder, and stay in it or below. */
function worksInLab(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith("/run/lab-");
  } catch {
    return false;
  }
}
