import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TLSSocket, type TlsOptions, createServer } from "node:tls";

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

  test("and wants a certificate of its client is unknown, with its own words for why", async () => {
    using server = await startTls(
      { requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" },
      () => {},
    );
    const found = await ask(server.port);
    expect(found).toMatchObject({
      tls: CERTIFICATE,
      reason: expect.stringMatching(/^refused: .*certificate/),
    });
    expect(found.claim).toBeUndefined();
  });
});
