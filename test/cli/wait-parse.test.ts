import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { parseWant } from "../../src/cli/wait/parse.ts";
import { DiscoverError } from "../../src/model/errors.ts";

const catalog = await loadCatalog();
const parse = (text: string) => parseWant(text, { where: "argument 1", catalog });

describe("a type", () => {
  test.each([
    ["redis", "redis"],
    ["PostgreSQL", "postgresql"],
    ["mariadb", "mariadb"],
    ["SQL Server", "sql server"],
  ])("is named as %s", async (text, word) => {
    expect(await parse(text)).toEqual({ kind: "type", text: word, word });
  });
});

describe("a place", () => {
  test.each([
    [":6379", { port: 6379 }],
    ["localhost:6379", { host: "localhost", hostname: "localhost", port: 6379 }],
    ["127.0.0.1:6379", { host: "127.0.0.1", port: 6379 }],
    ["[::1]:6379", { host: "::1", port: 6379 }],
    ["[fe80::1%eth0]:22", { host: "fe80::1%eth0", port: 22 }],
    ["redis:6379", { host: "redis", hostname: "redis", port: 6379 }],
    ["Db.Example.:80", { host: "Db.Example.", hostname: "db.example", port: 80 }],
  ])("is %s", async (text, place) => {
    expect(await parse(text)).toEqual({ kind: "place", text, place, words: [], tls: false });
  });
});

describe("a URL over HTTP", () => {
  test.each([
    ["http://127.0.0.1:8080/health", 8080, false, "/health"],
    ["http://127.0.0.1", 80, false, "/"],
    ["https://127.0.0.1/", 443, true, "/"],
    ["HTTPS://127.0.0.1:8443?a=b", 8443, true, "/?a=b"],
    ["http://127.0.0.1/a/../b c#there", 80, false, "/b%20c"],
    ["http://127.0.0.1//other/path", 80, false, "//other/path"],
  ])("is %s", async (text, port, tls, path) => {
    const place = { host: "127.0.0.1", port };
    expect(await parse(text)).toMatchObject({ kind: "url", place, tls, path });
  });

  test("shows neither credentials nor query", async () => {
    const { text } = await parse("http://joe:secret@localhost:8080/up?token=abc");
    expect(text).toBe("http://localhost:8080/up?…");
  });
});

describe("a URL of another scheme", () => {
  test.each([
    ["postgresql://db", ["postgresql"], 5432, false],
    ["postgres://u:p@db:5433/name?sslmode=off", ["postgresql"], 5433, false],
    ["redis://db", ["redis"], 6379, false],
    ["rediss://db:1", ["redis"], 1, true],
    ["mariadb://db", ["mariadb"], 3306, false],
    ["amqp://db", ["amqp", "rabbitmq"], 5672, false],
    ["amqps://db", ["amqp", "rabbitmq"], 5671, true],
    ["bolt://db", ["neo4j"], 7687, false],
    ["qdrant://db", ["qdrant"], 6333, false],
    ["tcp://db:7", [], 7, false],
    ["tls://db:7", [], 7, true],
  ])("is %s", async (text, words, port, tls) => {
    const place = { host: "db", hostname: "db", port };
    expect(await parse(text)).toMatchObject({ kind: "place", place, words, tls });
  });

  test("shows no credentials", async () => {
    expect((await parse("postgres://joe:secret@db/shop")).text).toBe("postgresql://db:5432");
  });
});

describe("what is none of them", () => {
  test.each([
    [
      "",
      "nothing (argument 1): no such type ('discover catalog' shows all); a place is host:port, :port or a URL",
    ],
    ["5432", "5432 (argument 1): for a port of this machine write :5432"],
    ["postgres", "postgres (argument 1): no such type — did you mean 'postgresql'?"],
    [
      "unknown",
      "unknown (argument 1): no such type ('discover catalog' shows all); a place is host:port, :port or a URL",
    ],
    ["db:0", "0 (argument 1): a port is a number from 1 to 65535"],
    ["db:", "no port (argument 1): a port is a number from 1 to 65535"],
    ["db:http", "http (argument 1): a port is a number from 1 to 65535"],
    ["::1:80", "::1:80 (argument 1): an IPv6 address goes in brackets — did you mean '[::1]:80'?"],
    [
      "10.0.0.0/24:80",
      "10.0.0.0/24 (argument 1): this is more than one host: name one, or a type with --range",
    ],
    [
      "10.0.0.1-9:80",
      "10.0.0.1-9 (argument 1): this is more than one host: name one, or a type with --range",
    ],
    ["10.0.0.300:80", "10.0.0.300 (argument 1): octet 4 is 300, at most 255"],
    ["local:80", "local (argument 1): these are networks: name one host, such as localhost"],
    ["a b:80", "a b (argument 1): a host name is made of letters, digits, '-' and '.', not ' '"],
    ["http://", "http:// (argument 1): names no host; for this machine: http://localhost"],
    ["redsi://db", "redsi://db (argument 1): no such scheme — did you mean 'redis'?"],
    ["zzzzzz://db", "zzzzzz://db (argument 1): no such scheme; http and redis are"],
    ["tcp://db", "tcp://db (argument 1): needs a port: tcp://db:PORT"],
    ["://db", "://db (argument 1): not a URL; http://host:port/path and redis://host:port are"],
    ["http://db:99999/", "99999 (argument 1): a port is a number from 1 to 65535"],
    ["http://joe:secret@db:x/", "x (argument 1): a port is a number from 1 to 65535"],
  ])("is refused with what would be right: %j", async (text, message) => {
    await expect(parse(text)).rejects.toMatchObject({ name: "DiscoverError", message });
  });

  test("is always the user's mistake, and never ours", async () => {
    const piece = fc.constantFrom(
      ":",
      "//",
      "://",
      "http",
      "redis",
      "[",
      "]",
      "@",
      "/",
      "?",
      "%",
      "1",
      "a",
      ".",
      "é",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 8 }),
        async (pieces) => {
          const result = await parse(pieces.join("")).catch((error: unknown) => error);
          if (result instanceof Error) expect(result).toBeInstanceOf(DiscoverError);
        },
      ),
    );
  });
});
