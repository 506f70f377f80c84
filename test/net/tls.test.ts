import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TlsOptions, createServer } from "node:tls";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { fromLatin1, hex, latin1 } from "../../src/model/bytes.ts";
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
