import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";

import { describe, expect, test } from "vitest";

import { startBadServer } from "../lab/bad-server.js";
import { listening } from "../lab/listening.js";
import { ask } from "./asking.ts";
import { type ScriptedServer, always, greets, startScripted } from "./scripted-server.ts";

/** A mail or file server that does not say which it is. */
function startReady(answer: string): Promise<ScriptedServer> {
  return startScripted((socket) => {
    socket.write("220 mail.test ready\r\n");
    socket.once("data", () => socket.write(answer));
  });
}

describe("a server that speaks first", () => {
  test("is named on one connection, on which nothing is said", async () => {
    await using server = await startScripted(greets("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"));
    expect(await ask(server.port)).toMatchObject({ claim: { type: "ssh", version: "9.2p1" } });
    expect(server.conversations.map(String)).toEqual([""]);
  });

  test("is named when it does so only after it was asked something else", async () => {
    await using server = await startScripted((socket) => {
      socket.once("data", () => socket.write("SSH-2.0-OpenSSH_9.2p1\r\n"));
    });
    expect(await ask(server.port)).toMatchObject({ claim: { type: "ssh" } });
  });

  test("is waited for while its line is coming in, byte by byte", async () => {
    await using server = await startScripted((socket) => {
      const line = Array.from("SSH-2.0-dropbear_2022.83\r\n");
      const timer = setInterval(() => socket.write(line.shift() ?? ""), 20);
      socket.on("close", () => clearInterval(timer));
    });
    expect(await ask(server.port)).toMatchObject({ claim: { type: "ssh", product: "dropbear" } });
  });

  test("and says only '220 ready' is told apart by what it answers to EHLO, and left with QUIT", async () => {
    await using mail = await startReady("250-mail.test\r\n250-SIZE 1000\r\n250 HELP\r\n");
    await using files = await startReady("530 Please login with USER and PASS.\r\n");
    expect(await ask(mail.port)).toMatchObject({ claim: { type: "smtp" } });
    expect(await ask(files.port)).toMatchObject({ claim: { type: "ftp" } });
    await expect
      .poll(() => mail.conversations.map(String))
      .toEqual([expect.stringMatching(/^EHLO .*\r\nQUIT\r\n$/)]);
  });

  test("in words nobody knows is unknown, with those words", async () => {
    await using server = await startScripted(greets("hello stranger\n"));
    const found = await ask(server.port);
    expect(found.claim).toBeUndefined();
    expect(String(Buffer.from(found.heard ?? []))).toBe("hello stranger\n");
  });
});

describe("a server that waits to be asked", () => {
  test("is named though its kind speaks first at another port", async () => {
    const monitor = createHttpServer((request, response) => {
      const id = "NBLEUBIGUJ4LNKQIOOYAYQOWPHLGOCKR4YRWURI6ZQ2LBVJBXS2KW5YF";
      response.writeHead(request.url === "/varz" ? 200 : 404);
      response.end(JSON.stringify({ server_id: id, version: "2.9.10", max_payload: 1 }));
    });
    const server = await listening(monitor);
    expect(await ask(server.port, "nats-server")).toMatchObject({ claim: { type: "nats" } });
    await server.close();
  });

  test("is asked on the connection that listened, first of all what its port or process hints at", async () => {
    await using server = await startScripted(always("VERSION 1.6.18\r\n"));
    expect(await ask(server.port, "memcached")).toMatchObject({ claim: { type: "memcached" } });
    expect(String(server.conversations[0])).toMatch(/^version\r\n/);
    expect(server.conversations).toHaveLength(1);
  });

  test("hears a PING before anything else where nothing hints: a Redis is never spoken HTTP to", async () => {
    await using server = await startScripted((socket) => {
      socket.on("data", (chunk) =>
        socket.write(String(chunk).includes("PING") ? "+PONG\r\n" : "-NOPERM no\r\n"),
      );
    });
    expect(await ask(server.port)).toMatchObject({ claim: { type: "redis", health: "healthy" } });
    expect(server.conversations.map((bytes) => String(bytes).slice(0, 4))).toEqual(["*1\r\n"]);
  });

  test("is never spoken HTTP to in words that alarm a Redis before it has shown that it speaks HTTP", async () => {
    await using server = await startScripted(() => {});
    await ask(server.port, "nginx", 300);
    expect(server.conversations.some((bytes) => String(bytes).startsWith("GET / "))).toBe(true);
    // Its alarm words are whole ones, with blanks around them.
    const words = server.conversations.flatMap((bytes) => String(bytes).toLowerCase().split(/\s+/));
    expect(words).not.toContain("host:");
    expect(words).not.toContain("post");
  });

  test("is asked everything on the connection that listened where HTTP is expected of it", async () => {
    const asked: (string | undefined)[] = [];
    const connections = new Set<unknown>();
    const web = createHttpServer((request, response) => {
      connections.add(request.socket);
      asked.push(request.url);
      response.end("<title>Prometheus Time Series Collection and Processing Server</title>");
    });
    const server = await listening(web);
    expect(await ask(server.port, "prometheus")).toMatchObject({ claim: { overHttp: true } });
    expect(asked.filter((path) => path === "/")).toHaveLength(1);
    expect(asked.length).toBeGreaterThan(1);
    expect(connections.size).toBe(1);
    await server.close();
  });

  test("is not taken for what it echoes", async () => {
    const server = await startBadServer("echo");
    try {
      for (const hint of [undefined, "redis-server", "postgres", "mongod", "mosquitto", "nginx", "etcd"]) {
        expect((await ask(server.port, hint, 400)).claim, hint).toBeUndefined();
      }
    } finally {
      await server.close();
    }
  });

  test("and stays silent is unknown, and was not overrun", async () => {
    let open = 0;
    let most = 0;
    await using server = await startScripted((socket) => {
      most = Math.max(most, ++open);
      socket.on("end", () => open--);
      socket.on("error", () => open--);
    });
    expect(await ask(server.port, undefined, 300)).toMatchObject({ reason: "answered nothing it was asked" });
    expect(most).toBeLessThanOrEqual(7);
  });
});

async function startHttp(
  answer: (path: string) => { status?: number; headers?: Record<string, string>; body?: string },
) {
  const paths: string[] = [];
  const server = createHttpServer((request, response) => {
    const { status = 404, headers = {}, body = "" } = answer(request.url ?? "");
    paths.push(request.url ?? "");
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    paths,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function startHttp2(headers: Record<string, string | number>) {
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    stream.on("error", () => {}); // the client leaves when it knows enough
    stream.respond(headers, { endStream: true });
  });
  server.on("sessionError", () => {}); // questions in other protocols
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : 0 };
}

describe("a server that speaks HTTP", () => {
  test("is generic HTTP where nobody knows more", async () => {
    await using server = await startHttp(() => ({
      status: 200,
      headers: { server: "Homemade/1.0" },
      body: "hi",
    }));
    expect(await ask(server.port)).toMatchObject({
      claim: { type: "http", product: "Homemade", version: "1.0" },
    });
  });

  test("is what it serves and not what carries it; the carrier stays in the metadata", async () => {
    const headers = { server: "nginx/1.22.1", "content-type": "application/json" };
    const body = '{"commit":"2a1b3c4d5e","database":"ok","version":"11.2.0"}';
    await using server = await startHttp((path) =>
      path === "/api/health"
        ? { status: 200, headers, body }
        : { status: 302, headers: { ...headers, location: "/login" } },
    );
    expect(await ask(server.port)).toMatchObject({
      claim: { type: "grafana", version: "11.2.0", metadata: { server: "nginx/1.22.1" } },
    });
  });

  test("and lists its models has them in the metadata", async () => {
    await using server = await startHttp((path) => {
      if (path === "/") return { status: 200, body: "Ollama is running" };
      if (path === "/api/version") return { status: 200, body: '{"version":"0.5.7"}' };
      if (path === "/api/tags")
        return { status: 200, body: '{"models":[{"name":"llama3.2:latest","digest":"a80c4f17acd5"}]}' };
      return {};
    });
    const { claim } = await ask(server.port);
    expect(claim).toMatchObject({
      type: "ollama",
      version: "0.5.7",
      metadata: { models: ["llama3.2:latest"] },
    });
  });

  test("is asked no path twice, and no more once it is known for sure", async () => {
    await using server = await startHttp((path) =>
      path === "/" ? { status: 200, body: "Ollama is running" } : {},
    );
    await ask(server.port);
    const asked = server.paths.slice(server.paths.indexOf("/") + 1);
    expect(new Set(asked).size).toBeGreaterThanOrEqual(asked.length - 1);
    expect(asked.length).toBeLessThanOrEqual(5);
  });

  test("never sees a redirect followed", async () => {
    await using bait = await startHttp(() => ({ status: 200 }));
    await using server = await startHttp(() => ({
      status: 302,
      headers: { location: `http://127.0.0.1:${bait.port}/` },
    }));
    expect(await ask(server.port)).toMatchObject({ claim: { type: "http" } });
    expect(bait.paths).toEqual([]);
  });
});

describe("a server that speaks HTTP/2 only", () => {
  test("is gRPC where it answers with a grpc-status", async () => {
    const { server, port } = await startHttp2({
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": 12,
    });
    expect(await ask(port)).toMatchObject({ claim: { type: "grpc" } });
    server.close();
  });

  test("is asked on the connection on which it spoke first", async () => {
    let connections = 0;
    const { server, port } = await startHttp2({ ":status": 200, "grpc-status": 0 });
    server.on("connection", () => connections++);
    expect(await ask(port)).toMatchObject({ claim: { type: "grpc", health: "healthy" } });
    expect(connections).toBe(1);
    server.close();
  });

  test("is HTTP where it does not", async () => {
    const { server, port } = await startHttp2({ ":status": 404 });
    expect(await ask(port)).toMatchObject({ claim: { type: "http", confidence: 0.5 } });
    server.close();
  });
});

describe("a hostile server", () => {
  for (const mode of ["mute", "closer", "rst", "garbage", "flood", "slowbanner"] as const) {
    test(`(${mode}) where a database should be is not taken for one`, async () => {
      const server = await startBadServer(mode);
      try {
        for (const hint of ["postgres", "mariadbd", "redis-server", "mongod"]) {
          expect((await ask(server.port, hint, 300)).claim, hint).toBeUndefined();
        }
      } finally {
        await server.close();
      }
    });
  }

  test("that talks for ever costs its deadline and not more, and is taken for what it began to be", async () => {
    const server = await startBadServer("headers");
    try {
      expect(await ask(server.port, undefined, 300)).toMatchObject({
        claim: { type: "http", confidence: 0.5 },
      });
    } finally {
      await server.close();
    }
  });
});
