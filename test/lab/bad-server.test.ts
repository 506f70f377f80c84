import { gunzipSync } from "node:zlib";

import { describe, expect, test } from "vitest";

import { BAD_MODES, startBadServer } from "./bad-server.js";
import type { BadMode } from "./bad-server.js";
import { talk } from "./talk.ts";

const GET = "GET / HTTP/1.1\r\nHost: lab\r\n\r\n";

/** What a client hears that sends `GET` and leaves as soon as it matches, or after `waitMs`. */
const HEARD: Readonly<Record<BadMode, readonly [until: RegExp, heard: RegExp, waitMs?: number]>> = {
  mute: [/[^]/, /^$/, 200],
  closer: [/[^]/, /^$/],
  rst: [/[^]/, /^$/],
  garbage: [/[^]{4096}/, /^[^]{4096}$/],
  flood: [/never/, /^x{65536}/],
  floodhttp: [/never/, /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nx{65536}/],
  slowbanner: [/SS/, /^SSH?$/, 1_200],
  slowhttp: [/HTT/, /^HTT/],
  headers: [/never/, /^HTTP\/1\.1 200 OK\r\n(X-[0-9a-f]{16}: y{1000}\r\n){100}/],
  redirect: [/\r\n\r\n/, /^HTTP\/1\.1 302 [^]*Location: http:\/\/169\.254\.169\.254\//],
  half: [/never/, /Content-Length: 100\r\n\r\nabc$/],
  echo: [/\r\n\r\n/, /^GET \/ HTTP\/1\.1\r\nHost: lab\r\n\r\n$/],
  gzipbomb: [/never/, /Content-Encoding: gzip/],
};

describe("a bad server", () => {
  test("has a mode for every kind of trouble", () => {
    expect(Object.keys(HEARD).toSorted()).toEqual([...BAD_MODES].toSorted());
  });

  test.each(BAD_MODES)("misbehaves as told: %s", async (mode) => {
    const server = await startBadServer(mode);
    const [until, heard, waitMs] = HEARD[mode];
    expect(await talk({ address: "127.0.0.1", port: server.port }, GET, until, waitMs)).toMatch(heard);
    await server.close();
  });

  test("closes though a client still hangs on", async () => {
    const server = await startBadServer("mute");
    const hanging = talk({ address: "127.0.0.1", port: server.port }, "hello", /[^]/, 10_000);
    await talk({ address: "127.0.0.1", port: server.port }, "hello", /[^]/, 50);
    await server.close();
    expect(await hanging).toBe("");
  });

  test("packs its bomb a thousand times smaller than it is", async () => {
    const server = await startBadServer("gzipbomb");
    const answer = await talk({ address: "127.0.0.1", port: server.port }, GET, /never/);
    await server.close();
    const body = Buffer.from(answer.slice(answer.indexOf("\r\n\r\n") + 4), "latin1");
    expect(gunzipSync(body).length / body.length).toBeGreaterThan(900);
  });
});
