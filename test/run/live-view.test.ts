import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InventoryBuilder } from "../../src/inventory/inventory.ts";
import type { Observation } from "../../src/model/observation.ts";
import { LiveView } from "../../src/run/live-view.ts";
import { catalog, isOwn, observations, seen, unknown } from "../inventory/observations.ts";

const ALL = { isOwn, admits: (): boolean => true };
const FULL = { complete: true, certain: true };
const CUT = { complete: false, certain: true };

const ID = "redis@127.0.0.1:6379";
const closed: Observation = { ...unknown(), outcome: "closed", reason: "refused" };
const silent: Observation = { ...unknown(), outcome: "filtered" };

/** What somebody says is at 192.0.2.9:6379, for two minutes from 1 s on. */
function announced(more: Partial<Observation> = {}): Observation {
  return {
    ...seen({ strategy: "mdns", address: "192.0.2.9", claim: { confidence: 0.6 } }),
    outcome: "announced",
    hostnames: ["a.local"],
    announcement: { name: "A._redis._tcp.local", domain: "local", target: "a.local", ttlSeconds: 120 },
    ttlSeconds: 120,
    ...more,
  };
}

function withdrawn(): Observation {
  const { claim: _, ...rest } = announced();
  return { ...rest, outcome: "withdrawn" };
}

const AT_HOME = { ...announced(), strategy: "dns" };

/** `appeared redis@…`, `changed … (status)`, `gone … (refused)`. */
function changesIn(view: LiveView): string[] {
  return view.changes().map((change) => {
    const { id } = change.service;
    if (change.kind === "changed") return `changed ${id} (${change.fields.join(", ")})`;
    return change.kind === "gone" ? `gone ${id} (${change.reason})` : `appeared ${id}`;
  });
}

/** A view with these in it, seen in a full round. */
function viewOf(...first: readonly Observation[]): LiveView {
  const view = new LiveView(catalog);
  round(view, first);
  view.changes();
  return view;
}

function round(view: LiveView, taken: readonly Observation[], end = FULL, survey = ALL): void {
  view.startRound(survey);
  for (const one of taken) view.take(one);
  view.endRound(end);
}

describe("what a round finds", () => {
  test("appears when it is found, and changes as more is learned of it", () => {
    const view = new LiveView(catalog);
    view.startRound(ALL);
    view.take(unknown());
    expect(changesIn(view)).toEqual(["appeared unknown@127.0.0.1:6379"]);
    view.take(seen());
    expect(changesIn(view)).toEqual([`changed ${ID} (name, type, category, url)`]);
    view.endRound(FULL);
    expect(changesIn(view)).toEqual([]);
    expect(view.size).toBe(1);
  });

  test("is the same service round after round, as a list made at once would have it", () => {
    fc.assert(
      fc.property(fc.array(observations, { maxLength: 12 }), (all) => {
        // Of each strategy's words on an endpoint the last counts, and these are all of them.
        const last = new Map(
          all
            .filter(({ outcome }) => outcome === "open" || outcome === "announced")
            .map((one) => [
              JSON.stringify([one.strategy, one.endpoint, one.outcome === "open" || one.announcement]),
              one,
            ]),
        );
        const view = new LiveView(catalog);
        const builder = new InventoryBuilder(catalog, isOwn);
        for (const one of last.values()) builder.add(one);
        round(view, [...last.values()]);
        expect(view.changes().map(({ service }) => service)).toEqual(builder.services);
        round(view, [...last.values()].toReversed());
        expect(view.changes()).toEqual([]);
      }),
    );
  });

  test("that refuses is gone at once, whoever else has seen it", () => {
    const view = viewOf(seen(), seen({ strategy: "http" }));
    view.startRound(ALL);
    view.take(closed);
    expect(changesIn(view)).toEqual([`gone ${ID} (refused)`]);
    view.endRound(CUT);
    expect(changesIn(view)).toEqual([]);
  });

  test("is not gone by the word of one who never found it open", () => {
    const view = viewOf(seen({ strategy: "mine" }), closed);
    view.startRound(ALL);
    view.take(closed);
    expect(changesIn(view)).toEqual([]);
    view.take(seen({ strategy: "mine" }));
    view.endRound(FULL);
    expect(changesIn(view)).toEqual([]);
    round(view, [closed]);
    expect(changesIn(view)).toEqual([`gone ${ID} (refused)`]);
  });

  test("that is silent is gone the second time, and not before", () => {
    const view = viewOf(seen());
    round(view, [silent]);
    expect(changesIn(view)).toEqual([]);
    round(view, [silent]);
    expect(changesIn(view)).toEqual([`gone ${ID} (no answer twice)`]);
  });

  test("that answers in between is as good as new", () => {
    const view = viewOf(seen());
    round(view, [silent]);
    round(view, [seen()]);
    round(view, [silent]);
    expect(changesIn(view)).toEqual([]);
  });

  test("counts as silent in a round that was cut short only where it was asked", () => {
    const view = viewOf(seen());
    for (let times = 0; times < 5; times++) round(view, [], CUT);
    round(view, [{ ...silent, outcome: "failed" }], CUT);
    round(view, [{ ...silent, outcome: "failed" }], CUT);
    expect(changesIn(view)).toEqual([]);
    round(view, [silent], CUT);
    round(view, [{ ...silent, outcome: "unreachable" }], CUT);
    expect(changesIn(view)).toEqual([`gone ${ID} (no answer twice)`]);
  });

  test("of one's own that does not come again is gone after two full rounds", () => {
    const view = viewOf(seen({ strategy: "mine" }));
    round(view, []);
    round(view, [], CUT);
    expect(changesIn(view)).toEqual([]);
    round(view, []);
    expect(changesIn(view)).toEqual([`gone ${ID} (no answer twice)`]);
  });

  test("is another program's in the end of the round in which that answered", () => {
    const web = { type: "mysql", overHttp: true } as const;
    const view = viewOf(seen({ claim: web }), seen({ strategy: "http", claim: web }));
    round(view, [seen()]);
    expect(changesIn(view)).toEqual([`changed ${ID} (name, type, url)`]);
  });

  test("keeps its name while it says nothing for once, and loses it the second time", () => {
    const view = viewOf(seen());
    round(view, [unknown()]);
    expect(changesIn(view)).toEqual([]);
    round(view, [unknown()]);
    expect(changesIn(view)).toEqual(["changed unknown@127.0.0.1:6379 (name, type, category, url)"]);
  });

  test("loses its name at once to who says something else", () => {
    const view = viewOf(seen());
    round(view, [unknown({ firstBytes: "HELO" })]);
    expect(changesIn(view)).toEqual(["changed unknown@127.0.0.1:6379 (name, type, category, url)"]);
  });

  test("is not taken for less by a look that was cut off", () => {
    const view = viewOf(seen({ claim: { health: "healthy" } }));
    view.startRound(ALL);
    for (let times = 0; times < 3; times++) view.take(unknown(), true);
    view.take(seen(), true);
    view.endRound(CUT);
    expect(changesIn(view)).toEqual([]);
  });

  test("is followed, so that the next round tells what became of it; over TCP, and what is a target", () => {
    const view = viewOf(seen(), seen({ port: 80 }), closed, { ...seen({ port: 53 }), endpoint: udp(53) });
    expect(view.followed.map(({ endpoint }) => endpoint.port)).toEqual([80]);
    view.startRound({ isOwn, admits: () => false });
    expect(view.followed).toEqual([]);
  });

  test("leaves when it is no target any more, unless that may be for want of a name server", () => {
    const view = viewOf(seen());
    const elsewhere = { isOwn, admits: (): boolean => false };
    for (let times = 0; times < 3; times++) {
      round(view, [], { complete: true, certain: false }, elsewhere);
    }
    expect(changesIn(view)).toEqual([]);
    round(view, [], FULL, elsewhere);
    expect(changesIn(view)).toEqual([]);
    round(view, [], FULL, elsewhere);
    expect(changesIn(view)).toEqual([`gone ${ID} (no longer a target)`]);
  });
});

function udp(port: number): Observation["endpoint"] {
  return { address: "127.0.0.1", port, transport: "udp" };
}

function closedAt(address: string): Observation {
  return { ...closed, endpoint: { address, port: 6379, transport: "tcp" } };
}

describe("what a round announces", () => {
  const id = "redis@192.0.2.9:6379";

  test("is gone with the first full round in which it is not", () => {
    const view = viewOf(AT_HOME);
    round(view, [AT_HOME]);
    expect(changesIn(view)).toEqual([]);
    round(view, []);
    expect(changesIn(view)).toEqual([`gone ${id} (no longer announced)`]);
  });

  test("stays through rounds that were cut short until its time to live has ended", () => {
    const view = viewOf(AT_HOME);
    expect(view.expiresAt).toBe(Number.POSITIVE_INFINITY);
    round(view, [], CUT);
    expect(view.expiresAt).toBe(121_000);
    view.expire(120_999);
    expect(changesIn(view)).toEqual([]);
    view.expire(121_000);
    expect(changesIn(view)).toEqual([`gone ${id} (no longer announced)`]);
    expect(view.expiresAt).toBe(Number.POSITIVE_INFINITY);
  });

  test("and is renewed does not end", () => {
    const view = viewOf(AT_HOME);
    round(view, [], CUT);
    round(view, [{ ...AT_HOME, at: 60_000 }]);
    view.expire(150_000);
    expect(changesIn(view)).toEqual([]);
  });

  test("and refuses is there, and cannot serve", () => {
    const view = viewOf(AT_HOME);
    const refused = { ...closed, endpoint: AT_HOME.endpoint };
    round(view, [AT_HOME, refused]);
    expect(changesIn(view)).toEqual([`changed ${id} (status)`]);
    round(view, [refused]);
    expect(changesIn(view)).toEqual([`gone ${id} (no longer announced)`]);
  });

  test("is followed by its names once it was found open", () => {
    const view = viewOf(AT_HOME, seen({ address: "192.0.2.9" }));
    expect(view.followed).toEqual([{ endpoint: AT_HOME.endpoint, hostnames: ["a.local"] }]);
  });
});

describe("what a watcher hears", () => {
  const id = "redis@192.0.2.9:6379";

  test("is there until it is withdrawn, whatever rounds do not see", () => {
    const view = new LiveView(catalog);
    view.hear(announced());
    expect(changesIn(view)).toEqual([`appeared ${id}`]);
    for (let times = 0; times < 3; times++) round(view, []);
    view.expire(Number.MAX_SAFE_INTEGER);
    expect(changesIn(view)).toEqual([]);
    view.hear(withdrawn());
    expect(changesIn(view)).toEqual([`gone ${id} (withdrawn)`]);
  });

  test("is to be looked at, once, if it is where one may look", () => {
    const view = new LiveView(catalog);
    const found = { endpoint: announced().endpoint, hostnames: ["a.local"] };
    expect(view.hear(announced())).toEqual(found);
    expect(view.followed).toEqual([found]);
    const offLink = { name: "B", domain: "local", target: "b", ttlSeconds: 1, facts: { offLink: true } };
    const elsewhere = announced({ endpoint: { ...udp(1), address: "192.0.2.10", transport: "tcp" } });
    expect(view.hear({ ...elsewhere, announcement: offLink })).toBeUndefined();
    expect(view.hear(announced({ endpoint: udp(5) }))).toBeUndefined();
    round(view, [seen({ address: "192.0.2.9" })]);
    expect(view.hear(announced())).toBeUndefined();
  });

  test("takes the place of what the same name said of the endpoint, whatever host it names", () => {
    const view = new LiveView(catalog);
    view.hear(announced());
    view.hear(
      announced({
        announcement: { name: "a._REDIS._tcp.local", domain: "local", target: "b", ttlSeconds: 1 },
      }),
    );
    view.hear(withdrawn());
    expect(changesIn(view)).toEqual([]);
  });

  test("holds a service up that refuses, and the last of both says why it is gone", () => {
    const view = new LiveView(catalog);
    view.hear(announced());
    round(view, [seen({ address: "192.0.2.9" })]);
    view.changes();
    view.startRound(ALL);
    view.take({ ...closed, endpoint: announced().endpoint });
    expect(changesIn(view)).toEqual([`changed ${id} (status)`]);
    view.hear(withdrawn());
    expect(changesIn(view)).toEqual([`gone ${id} (withdrawn)`]);
  });

  test("and takes back does not make two of a host that it said is one", () => {
    const sameHost = ["192.0.2.9", "2001:db8::9"];
    const open = sameHost.map((address) => seen({ address }));
    const view = new LiveView(catalog);
    view.hear(announced({ sameHost }));
    round(view, open);
    expect(changesIn(view)).toEqual([`appeared ${id}`]);
    view.hear({ ...withdrawn(), sameHost });
    view.hear({ ...withdrawn(), sameHost });
    round(view, open);
    expect(changesIn(view)).toEqual([`changed ${id} (hostnames)`]);
    expect(view.size).toBe(1);
    round(view, [closedAt("192.0.2.9")]);
    expect(changesIn(view)).toEqual(["changed redis@[2001:db8::9]:6379 (host, addresses, url)"]);
    view.startRound(ALL);
    view.take(closedAt("2001:db8::9"));
    expect(changesIn(view)).toEqual(["gone redis@[2001:db8::9]:6379 (refused)"]);
  });

  test("and that refuses is not knocked at for ever, until somebody says anew that it is there", () => {
    const view = new LiveView(catalog);
    view.hear(announced());
    for (const _ of [1, 2]) {
      expect(view.followed).toHaveLength(1);
      round(view, [closedAt("192.0.2.9")]);
    }
    expect(view.followed).toEqual([]);
    view.changes();
    round(view, []);
    round(view, []);
    expect(changesIn(view)).toEqual([]);
    view.hear(announced({ hostnames: ["b.local"] }));
    expect(view.followed).toHaveLength(1);
  });

  test("at a thousand ports of one host is looked at in some of them", () => {
    const view = new LiveView(catalog);
    const found = Array.from({ length: 1_000 }, (_, at) =>
      view.hear({ ...announced(), endpoint: { address: "192.0.2.9", port: at + 1, transport: "tcp" } }),
    );
    expect(found.filter((one) => one !== undefined)).toHaveLength(64);
    expect(view.followed).toHaveLength(64);
  });

  test("lasts as long as it said where the watcher has left", () => {
    const view = new LiveView(catalog);
    view.hear(announced());
    expect(changesIn(view)).toEqual([`appeared ${id}`]);
    view.leave("other");
    expect(view.expiresAt).toBe(Number.POSITIVE_INFINITY);
    view.leave("mdns");
    expect(view.expiresAt).toBe(121_000);
    view.expire(120_999);
    expect(changesIn(view)).toEqual([]);
    view.expire(121_000);
    expect(changesIn(view)).toEqual([`gone ${id} (no longer announced)`]);
  });

  test("counts only while it is at a target, and again when it is one again", () => {
    const view = new LiveView(catalog);
    view.startRound({ isOwn, admits: () => false });
    expect(view.hear(announced())).toBeUndefined();
    expect(changesIn(view)).toEqual([]);
    view.startRound(ALL);
    expect(changesIn(view)).toEqual([`appeared ${id}`]);
    view.startRound({ isOwn, admits: () => false });
    expect(changesIn(view)).toEqual([`gone ${id} (no longer a target)`]);
  });
});
