import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { type Seen, judge } from "../../src/cli/wait/verdict.ts";
import type { PlaceWant, TypeWant, UrlWant } from "../../src/cli/wait/want.ts";
import type { Service } from "../../src/model/inventory.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Coverage } from "../../src/model/outcome.ts";
import { inventory, service } from "./fake-io.ts";

const catalog = await loadCatalog();
const { coverage } = inventory();

const type: TypeWant = { kind: "type", text: "redis", word: "redis" };
const place: PlaceWant = {
  kind: "place",
  text: ":6379",
  place: { port: 6379 },
  words: [],
  tls: false,
};
const typed: PlaceWant = { ...place, words: ["redis"] };
const secure: PlaceWant = { ...typed, tls: true };
const url: UrlWant = { kind: "url", text: "http://h/up", place: { port: 80 }, tls: false, path: "/up" };

function seen(services: readonly Service[], more: Partial<Coverage> = {}): Seen {
  return { services, coverage: { ...coverage, closed: 0, ...more } };
}

/** Which one of several is named, the same in any order. */
function pick(...services: readonly (Service | undefined)[]): Service | undefined {
  const given = services.filter((one) => one !== undefined);
  const [one, other] = [given, given.toReversed()].map((order) => judge(type, seen(order), catalog).service);
  expect(one).toBe(other);
  return one;
}

function evidence(summary: string): Pick<Service, "evidence"> {
  return { evidence: [{ strategy: "tcp", at: "", endpoint: "", summary }] };
}

function checked(code: number, health: string, summary: string): { metadata: JsonObject } {
  return { metadata: { checks: [{ health, path: "/up", code, latencyMs: 1, summary }] } };
}

describe("what is there", () => {
  const selfSigned = { tls: { protocol: "TLSv1.3", certificate: { problem: "self-signed" } } };

  test.each([
    ["healthy", type, service("redis"), []],
    ["another product of the type", type, service("redis", { product: "Valkey" }), []],
    ["a product by its name", { ...type, word: "valkey" }, service("redis", { product: "Valkey" }), []],
    ["of the kind, which tells no more", typed, service("redis", { status: "unknown" }), []],
    ["anything, where anything will do", place, service("unknown", { status: "unknown" }), []],
    [
      "protected",
      typed,
      service("redis", { status: "protected", ...evidence("PING answered -NOAUTH") }),
      ["protected: PING answered -NOAUTH"],
    ],
    [
      "degraded over HTTP, while it serves",
      place,
      service("http", { status: "degraded", ...checked(200, "degraded", "1 of 2") }),
      ["degraded: GET /up answered 200: 1 of 2"],
    ],
    [
      "of a bad certificate, where TLS was asked for",
      secure,
      service("redis", { tls: true, metadata: selfSigned }),
      ["its certificate is not to be trusted: self-signed"],
    ],
    [
      "of a bad certificate, where it was not",
      typed,
      service("redis", { tls: true, metadata: selfSigned }),
      [],
    ],
    ["a URL that is well", url, service("http", checked(200, "healthy", "ok")), []],
    [
      "a URL that tells nothing",
      url,
      service("http", { status: "unknown", ...checked(204, "unknown", "no body") }),
      [],
    ],
    [
      "a URL that is protected",
      url,
      service("http", { status: "protected", ...checked(401, "protected", "x") }),
      ["protected"],
    ],
  ])("%s", (_what, want, found, notes) => {
    expect(judge(want, seen([found]), catalog)).toEqual({ there: true, service: found, notes });
  });

  test("is all that speaks HTTP, where HTTP is asked for", () => {
    const nginx = service("nginx", { url: "http://127.0.0.1:80" });
    const web: TypeWant = { kind: "type", text: "http", word: "http" };
    expect(judge(web, seen([nginx]), catalog)).toMatchObject({ there: true });
    expect(judge(web, seen([service("redis", { url: "redis://h:1" })]), catalog)).toMatchObject({
      there: false,
    });
  });

  test("is the healthy one of several, then the one at the first of its ports, whatever their order", () => {
    const [first, second, other] = [6379, 6380, 7000].map((port) =>
      service("redis", { port, id: `${port}` }),
    );
    const locked = service("redis", { port: 6379, status: "protected" });
    expect(pick(other, second, first)).toBe(first);
    expect(pick(other, second, locked)).toBe(second);
    expect(pick(other, locked)).toBe(other);
    expect(pick(other, { ...locked, port: 7001 })).toBe(other);
  });

  test("is the one that fits, of several", () => {
    const right = service("redis", { port: 2 });
    expect(judge(typed, seen([service("ssh"), right]), catalog)).toMatchObject({
      there: true,
      service: right,
    });
  });
});

describe("what is not there yet", () => {
  test.each([
    [
      "unhealthy",
      typed,
      service("redis", { status: "unhealthy", ...evidence("said so") }),
      "unhealthy: said so",
    ],
    [
      "unhealthy over HTTP",
      place,
      service("http", { status: "unhealthy", ...checked(503, "unhealthy", 'status "down"') }),
      'unhealthy: GET /up answered 503: status "down"',
    ],
    [
      "a database that starts up",
      { ...typed, words: ["postgresql"] },
      service("postgresql", { status: "degraded", ...evidence("57P03") }),
      "not ready: 57P03",
    ],
    [
      "alive, and not ready",
      place,
      service("http", { status: "degraded", ...checked(503, "degraded", "alive, and not ready") }),
      "not ready: GET /up answered 503: alive, and not ready",
    ],
    ["something else", typed, service("memcached"), "taken by memcached instead of redis"],
    [
      "something unknown",
      typed,
      service("unknown", evidence("closed the connection without a word")),
      "open, and not known to be redis: closed the connection without a word",
    ],
    ["without TLS", secure, service("redis"), "there, and without TLS"],
    [
      "a proxy without a server behind it",
      place,
      service("unknown", { status: "unknown", ...evidence("closed the connection without a word") }),
      "closed the connection without a word",
    ],
    [
      "gone again",
      place,
      service("unknown", { status: "unknown", ...evidence("no second connection could be made") }),
      "no second connection could be made",
    ],
    [
      "a TLS that does not come about",
      { ...secure, words: [] },
      service("unknown", {
        status: "unknown",
        tls: true,
        metadata: { tls: { protocol: "TLS" } },
        ...evidence("refused the TLS handshake: internal error"),
      }),
      "refused the TLS handshake: internal error",
    ],
    [
      "a URL that nobody answers",
      url,
      service("unknown", evidence("gave no answer over HTTP")),
      "gave no answer over HTTP",
    ],
    [
      "something else at a type's port",
      type,
      service("memcached"),
      "127.0.0.1:1 is taken by memcached instead of redis",
    ],
  ])("is %s", (_what, want, found, why) => {
    expect(judge(want, seen([found]), catalog)).toEqual({ there: false, why, service: found });
  });

  test("tells of the one that is not well before others that are none", () => {
    const sick = service("redis", { status: "unhealthy", ...evidence("sick") });
    expect(judge(typed, seen([service("ssh"), sick]), catalog)).toMatchObject({ why: "unhealthy: sick" });
  });

  test.each<[Partial<Coverage>, string]>([
    [{ closed: 1, filtered: 1 }, "refused the connection"],
    [{ filtered: 1, unreachable: 1 }, "no answer"],
    [{ unreachable: 1 }, "cannot be reached"],
    [{ failed: 1 }, "could not be tried: this machine ran out of sockets"],
    [{ unprobed: 1 }, "nothing was seen in that time"],
  ])("is nothing at all: %j", (more, why) => {
    expect(judge(place, seen([], more), catalog)).toEqual({ there: false, why });
    expect(judge(type, seen([], more), catalog)).toEqual({ there: false, why: "none was found" });
  });
});
