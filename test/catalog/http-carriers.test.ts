import { describe, expect, test } from "vitest";

import { createCatalog } from "../../src/catalog/index.ts";
import { claimsFromHttp } from "../../src/catalog/match.ts";
import type { HttpReply } from "../../src/model/catalog.ts";
import { entriesInFolder } from "./conversation.ts";

const entries = [...(await entriesInFolder()).values()];
const named = createCatalog(entries.filter((entry) => entry.carrier !== true));
const carriers = createCatalog(entries.filter((entry) => entry.carrier === true));
const paths = [
  ...new Set(
    entries.flatMap(({ http = [], healthPaths = [] }) => [...http.map(({ path }) => path), ...healthPaths]),
  ),
];

const HTML = { "content-type": "text/html; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };
const PAGE =
  '<!DOCTYPE html><html lang="en"><head><title>App</title></head><body><div id="root"></div></body></html>';

function reply(body: string, status = 200, headers: Readonly<Record<string, string>> = JSON_TYPE): HttpReply {
  return { status, headers, body, json: parsed(body) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Servers that give one answer to every path. */
const CATCH_ALL: readonly (readonly [string, HttpReply])[] = [
  ["a page", reply(PAGE, 200, HTML)],
  [
    "a page that speaks of all of them",
    reply(`<html><body>${entries.map(({ title }) => title).join(" ")}</body></html>`, 200, HTML),
  ],
  ["an empty body", reply("", 200, {})],
  ["204", reply("", 204, {})],
  ["{}", reply("{}")],
  ["[]", reply("[]")],
  ["null", reply("null")],
  ["true", reply("true")],
  ["0", reply("0")],
  ['"ok"', reply('"ok"')],
  ['{"status":"ok"}', reply('{"status":"ok"}')],
  ['{"status":"healthy"}', reply('{"status":"healthy"}')],
  ['{"status":"success","data":{}}', reply('{"status":"success","data":{}}')],
  ['{"status":"success","data":[]}', reply('{"status":"success","data":[]}')],
  ['{"code":200,"data":[]}', reply('{"code":200,"data":[]}')],
  ['{"code":0,"message":"ok","data":{}}', reply('{"code":0,"message":"ok","data":{}}')],
  ['{"ok":true}', reply('{"ok":true}')],
  ['{"data":[]}', reply('{"data":[]}')],
  ['{"object":"list","data":[]}', reply('{"object":"list","data":[]}')],
  ['{"error":"Not Found"}', reply('{"error":"Not Found"}', 404)],
  ["OK", reply("OK", 200, { "content-type": "text/plain" })],
  ["Ok.", reply("Ok.\n", 200, { "content-type": "text/plain" })],
  ["healthy", reply("healthy", 200, { "content-type": "text/plain" })],
  ["404 page not found", reply("404 page not found\n", 404, { "content-type": "text/plain; charset=utf-8" })],
  ['404 {"detail":"Not Found"}', reply('{"detail":"Not Found"}', 404, { ...JSON_TYPE, server: "uvicorn" })],
  ["401 with a realm", reply("Unauthorized", 401, { "www-authenticate": 'Basic realm="Restricted"' })],
  ["401 with JSON", reply('{"error":"unauthorized"}', 401, { ...JSON_TYPE, "www-authenticate": "Bearer" })],
  ["403", reply('{"message":"Forbidden"}', 403)],
  ["302 to a log-in", reply("", 302, { location: "/login" })],
  ["500", reply('{"message":"Internal Server Error"}', 500)],
  ["503", reply("Service Unavailable", 503, { "content-type": "text/plain" })],
];

describe.each(CATCH_ALL)("a server that answers every path with %s", (_, answer) => {
  test("is taken for nothing", () => {
    const claims = paths.flatMap((path) =>
      claimsFromHttp(named, path, answer).map((claim) => `${path}: ${claim.type}`),
    );

    expect(claims).toEqual([]);
  });
});

/** What the servers of many a project answer, on whatever path. */
const WEAK: readonly (readonly [string, HttpReply])[] = [
  ['{"version":"1.2.3"}', reply('{"version":"1.2.3"}')],
  [
    '{"version":"1.2.3"} from uvicorn',
    reply('{"version":"1.2.3"}', 200, { ...JSON_TYPE, server: "uvicorn" }),
  ],
  ['"1.2.3"', reply('"1.2.3"')],
  ['{"health":"true"}', reply('{"health":"true"}')],
  ['{"status":"available"}', reply('{"status":"available"}')],
  ['{"models":[]}', reply('{"models":[]}')],
];

describe.each(WEAK)("a server that answers every path with %s", (_, answer) => {
  test("is nothing for sure on any of them", () => {
    const claims = paths.flatMap((path) => claimsFromHttp(named, path, answer));

    expect(claims.filter(({ confidence }) => confidence > 0.5)).toEqual([]);
  });
});

describe("what carries HTTP", () => {
  test("is told of every catch-all server, and no product is made up for it", () => {
    for (const [, answer] of CATCH_ALL) {
      const claims = claimsFromHttp(carriers, "/", answer);
      expect(claims.map(({ type }) => type)).toEqual(["http"]);
    }
  });

  test.each([
    ["nginx/1.22.1", "nginx"],
    ["Apache/2.4.57 (Debian)", "apache"],
    ["Caddy", "caddy"],
    ["envoy", "envoy"],
    ["lighttpd/1.4.69", "lighttpd"],
  ])("names itself in Server: %s", (server, type) => {
    expect(claimsFromHttp(carriers, "/", reply(PAGE, 200, { ...HTML, server }))[0]?.type).toBe(type);
  });

  test.each(["Apache-Coyote/1.1", "nginxish", "not-nginx/1.0", "Caddyshack", "Python/3.11 nginx", "ENVOY"])(
    "is not guessed from Server: %s",
    (server) => {
      const claims = claimsFromHttp(carriers, "/", reply(PAGE, 200, { ...HTML, server }));
      expect(claims.map(({ type }) => type)).toEqual(["http"]);
    },
  );
});

describe("a gateway that lists the models of several servers", () => {
  test("is none of them", () => {
    const models = ["vllm", "sglang", "llamacpp"].map((owner) => ({
      id: owner,
      object: "model",
      owned_by: owner,
    }));
    const answer = reply(JSON.stringify({ object: "list", data: models }));

    expect(claimsFromHttp(named, "/v1/models", answer)).toEqual([]);
  });
});
