import { afterAll, beforeAll, describe, expect, test } from "vitest";

import mdns from "../../strategies/mdns/index.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { allOf, keyOf, mdnsBench, mdnsScope } from "./mdns-bench.ts";
import { missingPrograms } from "./programs.js";

const missing = missingPrograms(["avahi-daemon", "avahi-resolve", "dbus-daemon"]).length > 0;

describe.skipIf(missing)("mDNS against avahi", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab({ hosts: 2 });
    const bytes = Uint8Array.of(0, 0xff, 0x80, 0x3d, 0x0a);
    await Promise.all([
      lab.host(1).avahi([
        { name: "Dr. Foo v1.2 é", type: "_http._tcp", port: 8080, subtypes: ["_printer"], txt: ["path=/a=b", "Flag", { key: "bin", bytes }] },
        { name: "orders", type: "_postgresql._tcp", port: 5432 },
      ]),
      lab.host(2).avahi([
        { name: "a\\b & c. d", type: "_odd._udp", port: 9999 },
        { name: "cache", type: "_redis._tcp", port: 6379, txt: ["v=1"] },
      ]),
    ]);
  });
  afterAll(() => lab.close());

  test("all", async () => {
    const bench = await mdnsBench();
    const t = performance.now();
    const seen: string[] = [];
    for await (const o of mdns.observe(mdnsScope(), bench.context)) {
      seen.push(keyOf(o));
      console.log(Math.round(performance.now() - t), JSON.stringify(o));
    }
    console.log("end", Math.round(performance.now() - t), bench.warnings, bench.wasCut());
    expect(new Set(seen).size).toBe(seen.length);
    console.log(await mdns.test?.(mdnsScope(), bench.context));
  });
});
