import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type SecureVersion, type TLSSocket, type TlsOptions, createServer } from "node:tls";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeCertificate } from "../lab/certificates.ts";
import { ask } from "./asking.ts";

let credentials: TlsOptions = {};
const folder = mkdtempSync(path.join(tmpdir(), "sonde-identify-"));

beforeAll(async () => {
  const { cert, key } = await makeCertificate(folder, "lab.example");
  credentials = { cert: readFileSync(cert), key: readFileSync(key) };
});
afterAll(() => rmSync(folder, { recursive: true }));

async function startTls(options: TlsOptions, serve: (socket: TLSSocket) => void) {
  const server = createServer({ ...credentials, ...options }, (socket) => {
    socket.on("error", () => {}); // the client leaves when it knows enough
    serve(socket);
  });
  server.on("tlsClientError", () => {}); // questions in the clear
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    [Symbol.dispose]: () => void server.close(),
  };
}

function mutual(version: SecureVersion): TlsOptions {
  return { requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version };
}

function pong(socket: TLSSocket): void {
  socket.on("data", (bytes) =>
    socket.write(String(bytes).includes("PING") ? "+PONG\r\n" : "-ERR unknown command\r\n"),
  );
}

const CERTIFICATE = { certificate: { subject: "lab.example", problem: "self-signed certificate" } };

describe("a server that speaks TLS", () => {
  test("is named for what it speaks inside, with its certificate", async () => {
    using server = await startTls({}, pong);
    expect(await ask(server.port)).toMatchObject({ claim: { type: "redis" }, tls: CERTIFICATE });
  });

  test("and takes HTTP by ALPN without speaking it is named for what it speaks", async () => {
    using server = await startTls({ ALPNProtocols: ["http/1.1"] }, pong);
    expect(await ask(server.port)).toMatchObject({ claim: { type: "redis" }, tls: CERTIFICATE });
  });

  test.each([
    ["TLSv1.3", undefined],
    ["TLSv1.2", undefined],
    ["TLSv1.2", ["http/1.1"]],
  ] as const)(
    "and wants a certificate of its client is unknown, and why is told (%s, ALPN %j)",
    async (version, alpn) => {
      using server = await startTls(
        { ...mutual(version), ...(alpn && { ALPNProtocols: [...alpn] }) },
        () => {},
      );
      const found = await ask(server.port);
      expect(found).toMatchObject({
        tls: { ...CERTIFICATE, protocol: version, clientCertificate: "required" },
        reason: "wants a client certificate",
      });
      expect(found.claim).toBeUndefined();
    },
  );

  test.each(["http/1.1", "h2"])("and wants one, having agreed to %s, is no more than HTTP", async (alpn) => {
    using server = await startTls({ ...mutual("TLSv1.3"), ALPNProtocols: [alpn] }, () => {});
    expect(await ask(server.port, "etcd")).toMatchObject({
      tls: { ...CERTIFICATE, alpn, clientCertificate: "required" },
      claim: {
        type: "http",
        confidence: 0.5,
        health: "protected",
        summary: `agreed to ${alpn} by ALPN, and wants a client certificate`,
      },
    });
  });

  test("and takes a client without a certificate is named as any other", async () => {
    using server = await startTls({ requestCert: true, rejectUnauthorized: false }, pong);
    const tls = { ...CERTIFICATE, clientCertificate: "wanted" };
    expect(await ask(server.port)).toMatchObject({ claim: { type: "redis" }, tls });
  });

  test("and asks for a certificate in the handshake, and for another reason closes, is not said to insist", async () => {
    using server = await startTls({ requestCert: true, rejectUnauthorized: false }, (socket) => socket.end());
    const found = await ask(server.port);
    expect(found).toMatchObject({ tls: { clientCertificate: "wanted" } });
    expect(found.reason).not.toBe("wants a client certificate");
  });
});
