import { describe, expect, test } from "vitest";

import ollama from "../../src/catalog/services/ollama.ts";
import { latin1 } from "../../src/model/bytes.ts";
import type { CatalogEntry, Probe } from "../../src/model/catalog.ts";
import { isHttpExample, scriptOf, startHttpStandIn, startProbeStandIn } from "./stand-in.ts";
import { talk } from "./talk.ts";

const expectation = { expect: {} };

const details: Probe = { name: "details", send: latin1("MORE?"), read: () => undefined };
const greeting: Probe = {
  name: "greeting",
  read: (reply, ended) => {
    if (!ended) return { kind: "more" };
    return reply.length > 0 ? { kind: "ask", next: details } : undefined;
  },
};
const question: Probe = { name: "question", send: latin1("HELLO\n"), read: () => undefined };
const secure: Probe = { name: "secure", read: () => ({ kind: "secure", next: details }) };

const entry: CatalogEntry = {
  type: "made-up",
  title: "Made up",
  category: "unknown",
  summary: "for this test",
  ports: [],
  probes: [greeting, question, secure],
  examples: [],
};

describe("a raw stand-in", () => {
  const greets = { name: "greets", probe: "greeting", replies: ["hi", latin1("\xff!")], ...expectation };
  const answers = { name: "answers", probe: "question", replies: ["yes"], ...expectation };

  test("greets unasked and answers the question that follows", async () => {
    const server = await startProbeStandIn(entry, greets);
    const at = { address: "127.0.0.1", port: server.port };
    expect(await talk(at, "", /hi/)).toBe("hi");
    expect(await talk(at, "MORE?", /!/)).toBe("hi\xff!");
    await server.close();
  });

  test("says nothing until the whole question has come, and closes on any other", async () => {
    const server = await startProbeStandIn(entry, answers);
    const at = { address: "127.0.0.1", port: server.port };
    expect(await talk(at, "HELL", /[^]/, 100)).toBe("");
    expect(await talk(at, "HELLO\n", /yes/)).toBe("yes");
    expect(await talk(at, "GET / HTTP/1.0\r\n\r\n", /[^]/)).toBe("");
    await server.close();
  });

  test("refuses an example that nobody would ask for, or that needs TLS", () => {
    const tooMany = { ...answers, replies: ["yes", "and?"] };
    expect(() => scriptOf(entry, tooMany)).toThrow("made-up, 'answers': nobody asks for this reply");
    expect(() => scriptOf(entry, { ...greets, probe: "secure" })).toThrow("a stand-in speaks no TLS");
  });
});

describe("an HTTP stand-in", () => {
  test("is what a catalog entry's own examples recorded", async () => {
    const server = await startHttpStandIn(ollama.examples.filter(isHttpExample));
    const root = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(await root.text()).toBe("Ollama is running");
    await server.close();
  });

  test("answers recorded paths as recorded, and 404 elsewhere", async () => {
    const headers = { "X-Made-Up": "1", "Content-Encoding": "gzip", "Content-Length": "3" };
    const server = await startHttpStandIn([
      { name: "root", path: "/", headers, body: "It runs", ...expectation },
      { name: "busy", path: "/health", status: 503, ...expectation },
    ]);
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`);
    const root = await get("/");
    expect([root.status, root.headers.get("x-made-up"), await root.text()]).toEqual([200, "1", "It runs"]);
    expect((await get("/health")).status).toBe(503);
    expect((await get("/other")).status).toBe(404);
    await server.close();
  });
});
