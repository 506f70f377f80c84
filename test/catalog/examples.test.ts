import { describe, expect, test } from "vitest";

import type { CatalogEntry, HttpExample, Match } from "../../src/model/catalog.ts";
import { CATEGORIES } from "../../src/model/catalog.ts";
import {
  byteByByte,
  conversationsOf,
  converse,
  entriesInFolder,
  httpReplyOf,
  isProbeExample,
  keyOf,
  rivalsOf,
} from "./conversation.ts";

const byType = await entriesInFolder();
const entries = [...byType.values()];

/** A rival may fit too, as long as it says that it merely fits; what only carries HTTP always may. */
function claimsAgainst(entry: CatalogEntry, match: Match | undefined): boolean {
  return match !== undefined && match.confidence > 0.5 && entry.carrier !== true;
}

describe.each([...byType])("%s", (type, entry) => {
  test("has the shape that the catalog promises", () => {
    expect(entry.type).toBe(type);
    expect(type).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(CATEGORIES).toContain(entry.category);
    expect(entry.title).not.toBe("");
    expect(entry.summary).toMatch(/^[^\n]+[^.\n]$/);
    expect(entry.ports).toEqual([...new Set(entry.ports)].toSorted((a, b) => a - b));
    for (const port of entry.ports) expect(port).toSatisfy(isPort);
    expect(entry.ports).toEqual(expect.arrayContaining([...(entry.tlsPorts ?? [])]));
    expect(entry.ports).toEqual(expect.arrayContaining([...(entry.httpPorts ?? [])]));
    // Only who speaks both has to tell them apart.
    const speaksBoth = entry.probes !== undefined && entry.http !== undefined;
    expect(entry.httpPorts !== undefined).toBe(speaksBoth);
    for (const name of entry.dnsServices ?? [])
      expect(name).toMatch(/^_[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?\._(tcp|udp)$/);
    for (const name of entry.processes ?? []) expect(name).toMatch(/^\S{1,15}$/);
    for (const path of entry.healthPaths ?? []) expect(path).toMatch(/^\//);
    if (entry.tlsScheme !== undefined) expect(entry.scheme).toBeDefined();
  });

  test("has an example for every probe and every path, and no other", () => {
    const probes = (entry.probes ?? []).map(({ name }) => name);
    const paths = (entry.http ?? []).map(({ path }) => path);
    const shown = entry.examples.map((example) => (isProbeExample(example) ? example.probe : example.path));

    expect(new Set(probes).size).toBe(probes.length);
    expect(new Set(shown)).toEqual(new Set([...probes, ...paths]));
  });
});

const probeExamples = entries.flatMap((entry) =>
  conversationsOf(entry).map((one) => ({ ...one, entry, title: `${entry.type}: ${one.example.name}` })),
);

describe.each(probeExamples)("$title", ({ entry, example, probe, replies }) => {
  test("is named by its own entry", () => {
    const { match } = converse(probe, (_, turn) => replies[turn]);

    expect(match).toMatchObject(example.expect);
    expect(match?.confidence).toBeGreaterThanOrEqual(0.5);
    expect(match?.confidence).toBeLessThanOrEqual(1);
    expect(match?.summary).toMatch(/^[\x20-\x7e…]+$/);
  });

  test("is used to its last reply", () => {
    const { asked } = converse(probe, (_, turn) => replies[turn]);

    expect(asked.length).toBeGreaterThanOrEqual(replies.length);
  });

  test("is named the same when it comes byte by byte", () => {
    const piecemeal = converse(probe, (_, turn) => replies[turn], byteByByte);

    expect(piecemeal.match).toEqual(converse(probe, (_, turn) => replies[turn]).match);
  });

  test("is named by no other entry that reads the same answer", () => {
    const { asked } = converse(probe, (_, turn) => replies[turn]);
    const recorded = new Map(asked.map(({ send }, turn) => [keyOf(send), replies[turn]]));
    const answer = (send: Uint8Array | undefined, turn: number): Uint8Array | undefined =>
      turn === 0 ? replies[0] : recorded.get(keyOf(send));
    const claims = rivalsOf(entries, entry, probe)
      .map((rival) => ({ ...rival, match: converse(rival.probe, answer).match }))
      .filter((rival) => claimsAgainst(rival.entry, rival.match));

    expect(claims.map((rival) => `${rival.entry.type}: ${rival.match?.summary}`)).toEqual([]);
  });
});

const httpExamples = entries.flatMap((entry) =>
  entry.examples
    .filter((example): example is HttpExample => !isProbeExample(example))
    .map((example) => ({ entry, example, title: `${entry.type}: ${example.path} ${example.name}` })),
);

describe.each(httpExamples)("$title", ({ entry, example }) => {
  const reply = httpReplyOf(example);

  test("is named by its own entry", () => {
    const matches = matchesOf(entry, example.path);

    expect(matches).toContainEqual(expect.objectContaining(example.expect));
    for (const match of matches)
      expect(match.confidence).toSatisfy((value: number) => value > 0 && value <= 1);
    for (const match of matches) expect(match.summary).toMatch(/^[\x20-\x7e…]+$/);
  });

  test("has headers as they are handed to readers: names in lower case", () => {
    for (const name of Object.keys(reply.headers)) expect(name).toBe(name.toLowerCase());
  });

  test("is named by no other entry that reads the same path", () => {
    const claims = entries
      .filter((other) => other !== entry)
      .flatMap((other) => matchesOf(other, example.path).map((match) => ({ other, match })))
      .filter(({ other, match }) => claimsAgainst(other, match));

    expect(claims.map(({ other, match }) => `${other.type}: ${match.summary}`)).toEqual([]);
  });

  function matchesOf(one: CatalogEntry, path: string): Match[] {
    return (one.http ?? [])
      .filter((check) => check.path === path)
      .map((check) => check.read(reply))
      .filter((match) => match !== undefined);
  }
});

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65536;
}
