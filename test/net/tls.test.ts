import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, createConnection } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TlsOptions, createServer } from "node:tls";

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { fromLatin1, hex, latin1 } from "../../src/model/bytes.ts";
import { afterAlert } from "../../src/model/client-certificate.ts";
import type { SecureOptions, Secured } from "../../src/model/net.ts";
import { startBadServer } from "../lab/bad-server.js";
import { makeCertificate } from "../lab/certificates.ts";
import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";
import { NEVER, during, handles, handlesBackTo, open, serve, until } from "./peers.ts";

const LONG = 600_000;

let folder = "";
let identity: { cert: Buffer; key: Buffer };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "sonde-tls-"));
  const { cert, key } = await makeCertificate(folder, "lab.example", { names: ["www.lab.example"] });
  identity = { cert: readFileSync(cert), key: readFileSync(key) };
});
afterAll(() => rmSync(folder, { recursive: true }));

function serveTls(options: TlsOptions = {}): Promise<Listening> {
  const server: Server = createServer({ ...identity, ...options }, (socket) => {
    socket.on("error", () => {});
    socket.write("hello inside\n");
    socket.on("data", (asked) => socket.write(asked));
  });
  server.on("tlsClientError", () => {});
  return listening(server);
}

async function securing(
  port: number,
  options: Partial<SecureOptions> = {},
): Promise<{ secured: Secured | undefined; closed: () => number }> {
  const { connection, closed } = await open(port);
  const secured = await connection.secure({ timeoutMs: LONG, signal: NEVER, ...options });
  return { secured, closed };
}

/** Passes on what a server says, and cuts in when the client has spoken twice: with an alert, or without a word. */
function cutting(inner: number, alert: number | undefined): Promise<Listening> {
  return serve((client) => {
    let spoken = 0;
    const server = createConnection(inner, "127.0.0.1");
    server.on("error", () => {});
    server.on("data", (bytes) => void (spoken < 2 && client.write(bytes)));
    client.on("close", () => server.destroy());
    client.on("data", (bytes) => {
      spoken++;
      if (spoken < 2) return void server.write(bytes);
      if (alert === undefined) client.end();
      else client.end(hex(`15 0303 0002 02 ${alert.toString(16)}`));
    });
  });
}

/** Passes on the first that a server says with some bits turned over, and hangs up. */
function garbling(
  inner: number,
  flips: readonly (readonly [at: number, bits: number])[],
): Promise<Listening> {
  return serve((client) => {
    const server = createConnection(inner, "127.0.0.1");
    server.on("error", () => {});
    server.once("data", (flight) => {
      for (const [at, bits] of flips) flight[at % flight.length] = (flight[at % flight.length] ?? 0) ^ bits;
      client.end(flight);
    });
    client.on("close", () => server.destroy());
    client.once("data", (hello) => server.write(hello));
  });
}

function hears(text: string): (received: Uint8Array) => true | undefined {
  return (received) => (fromLatin1(received).includes(text) ? true : undefined);
}

describe("TLS", () => {
  test("shows the certificate and why nobody would trust it, and carries what is said inside", async () => {
    const before = handles();
    await during(serveTls(), async ({ port }) => {
      const { secured, closed } = await securing(port);
      if (secured?.kind !== "open") throw new Error("there was no handshake");
      const { facts, connection } = secured;
      expect(facts).toMatchObject({
        protocol: "TLSv1.3",
        certificate: {
          subject: "lab.example",
          issuer: "lab.example",
          names: ["lab.example", "www.lab.example"],
          problem: "self-signed certificate",
        },
      });
      expect(facts.certificate?.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
      expect(facts.certificate?.validFrom).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.000Z$/);
      const [from, to] = [facts.certificate?.validFrom ?? "", facts.certificate?.validTo ?? ""];
      expect(Date.parse(to) - Date.parse(from)).toBe(10 * 86_400_000);

      expect(await connection.until(hears("inside"), LONG, NEVER)).toBe(true);
      connection.send(latin1("ping"));
      expect(await connection.until(hears("ping"), LONG, NEVER)).toBe(true);
      connection.close();
      await until(() => closed() === 1);
    });
    await handlesBackTo(before);
  });

  test("says which protocol was agreed on, and speaks the old ones", async () => {
    await during(serveTls({ ALPNProtocols: ["h2"], maxVersion: "TLSv1.2" }), async ({ port }) => {
      const { secured } = await securing(port, { alpn: ["h2", "http/1.1"] });
      expect(secured).toMatchObject({ kind: "open", facts: { protocol: "TLSv1.2", alpn: "h2" } });
      if (secured?.kind === "open") secured.connection.close();
    });
  });

  test.each([
    ["TLSv1.3", false, "wanted"],
    ["TLSv1.2", false, "wanted"],
    ["TLSv1.3", true, "wanted"],
  ] as const)(
    "by %s tells that a client certificate is wanted (insisted on: %j)",
    async (version, insists, clientCertificate) => {
      const options = {
        requestCert: true,
        rejectUnauthorized: insists,
        minVersion: version,
        maxVersion: version,
      };
      await during(serveTls(options), async ({ port }) => {
        const { secured } = await securing(port);
        expect(secured).toMatchObject({ kind: "open", facts: { protocol: version, clientCertificate } });
        if (secured?.kind !== "open") return;
        await secured.connection.until(hears("inside"), LONG, NEVER);
        expect(secured.connection.alert !== undefined).toBe(insists);
        expect(afterAlert(secured.facts, secured.connection.alert).clientCertificate).toBe(
          insists ? "required" : "wanted",
        );
        secured.connection.close();
      });
    },
  );

  test.each(["TLSv1.2", "TLSv1.1", "TLSv1"] as const)(
    "by %s shows the certificate of a server that refuses the handshake for want of a client's",
    async (version) => {
      const before = handles();
      const options = {
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: version,
        maxVersion: version,
      };
      await during(serveTls({ ...options, ciphers: "DEFAULT@SECLEVEL=0" }), async ({ port }) => {
        const { secured, closed } = await securing(port);
        expect(secured).toMatchObject({
          kind: "alert",
          facts: {
            protocol: version,
            clientCertificate: "required",
            certificate: { subject: "lab.example", problem: "self-signed certificate" },
          },
        });
        await until(() => closed() === 1);
      });
      await handlesBackTo(before);
    },
  );

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "by %s tells nothing of client certificates where none is wanted",
    async (version) => {
      await during(serveTls({ maxVersion: version }), async ({ port }) => {
        const { secured } = await securing(port);
        if (secured?.kind !== "open") throw new Error("there was no handshake");
        expect(secured.facts).not.toHaveProperty("clientCertificate");
        secured.connection.close();
      });
    },
  );

  test.each([
    ["hangs up", undefined, "broken off", "wanted"],
    ["says internal_error", 80, "internal error", "wanted"],
    ["says bad_certificate", 42, "bad certificate", "required"],
    ["says access_denied", 49, "access denied", "required"],
  ] as const)(
    "a server that %s once the client has shown no certificate",
    async (_, alert, reason, clientCertificate) => {
      const before = handles();
      const options: TlsOptions = { requestCert: true, rejectUnauthorized: false, maxVersion: "TLSv1.2" };
      await during(serveTls(options), async (inner) => {
        await during(cutting(inner.port, alert), async ({ port }) => {
          const { secured, closed } = await securing(port);
          expect(secured).toMatchObject({ kind: "alert", facts: { clientCertificate, certificate: {} } });
          if (secured?.kind === "alert") expect(secured.reason).toContain(reason);
          await until(() => closed() === 1);
        });
      });
      await handlesBackTo(before);
    },
  );

  test("a garbled first flight comes to some end, and throws nothing", async () => {
    const before = handles();
    const options: TlsOptions = { requestCert: true, maxVersion: "TLSv1.2" };
    await during(serveTls(options), async (inner) => {
      const garbled = fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1_200), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
        async (flips) => {
          await during(garbling(inner.port, flips), async ({ port }) => {
            const { secured } = await securing(port);
            if (secured?.kind === "open") secured.connection.close();
            if (secured?.kind === "alert") expect(secured.reason).not.toBe("");
          });
        },
      );
      await fc.assert(garbled, { numRuns: 150 });
    });
    await handlesBackTo(before);
  });

  test("a server that hangs up before its certificate is shown has shown nothing", async () => {
    const server = serve((socket) => socket.once("data", () => socket.end(hex("16 0303 0004 0200 0001"))));
    await during(server, async ({ port }) => {
      expect((await securing(port)).secured).toBeUndefined();
    });
  });

  test("asks for the host by name, never by address", async () => {
    const asked: string[] = [];
    const SNICallback: TlsOptions["SNICallback"] = (name, done) => {
      asked.push(name);
      done(null);
    };
    await during(serveTls({ SNICallback }), async ({ port }) => {
      for (const servername of ["lab.example", "127.0.0.1", undefined]) {
        const { secured } = await securing(port, servername === undefined ? {} : { servername });
        expect(secured?.kind).toBe("open");
        if (secured?.kind === "open") secured.connection.close();
      }
    });
    expect(asked).toEqual(["lab.example"]);
  });

  test.each([
    [40, "handshake failure"],
    [70, "protocol version"],
    [80, "internal error"],
  ])("takes alert %i for TLS: %s", async (alert, reason) => {
    const before = handles();
    const bytes = hex(`15 0303 0002 02 ${alert.toString(16)}`);
    const server = serve((socket) => socket.once("data", () => socket.write(bytes)));
    await during(server, async ({ port }) => {
      const { secured, closed } = await securing(port);
      expect(secured?.kind).toBe("alert");
      if (secured?.kind === "alert") expect(secured.reason).toContain(reason);
      await until(() => closed() === 1);
    });
    await handlesBackTo(before);
  });

  test.each(["garbage", "echo", "closer", "flood", "redirect"] as const)(
    "is not spoken by a peer that is %s, and nothing is left",
    async (mode) => {
      const before = handles();
      await during(startBadServer(mode), async ({ port }) => {
        const { secured, closed } = await securing(port);
        expect(secured).toBeUndefined();
        await until(() => closed() === 1);
      });
      await handlesBackTo(before);
    },
  );

  test("is not waited for on a connection that the peer has left already", async () => {
    await during(startBadServer("closer"), async ({ port }) => {
      const { connection } = await open(port);
      await connection.until(() => undefined, LONG, NEVER);
      expect(await connection.secure({ timeoutMs: LONG, signal: NEVER })).toBeUndefined();
    });
  });

  test("is not waited for longer than told, nor after the signal", async () => {
    const before = handles();
    await during(startBadServer("mute"), async ({ port }) => {
      const late = await securing(port, { timeoutMs: 10 });
      const { connection, closed } = await open(port);
      const stop = new AbortController();
      const told = connection.secure({ timeoutMs: LONG, signal: stop.signal });
      stop.abort();
      expect([late.secured, await told]).toEqual([undefined, undefined]);
      await until(() => late.closed() === 1 && closed() === 1);
    });
    await handlesBackTo(before);
  });
});
