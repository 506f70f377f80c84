import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Inventory } from "../../src/index.ts";
import { INVENTORY_SCHEMA } from "../../src/output/schema.ts";
import { ended, start } from "../cli/built.ts";
import { insideLab } from "./guard.ts";
import { createLab } from "./lab.ts";
import { listening } from "./listening.js";

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const isInventory = ajv.compile<Inventory>(INVENTORY_SCHEMA);

let home = "";
beforeEach(() => {
  insideLab();
  home = mkdtempSync(path.join(tmpdir(), "sonde-home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

/** What the command says of it, checked against the schema. */
async function discover(...argv: string[]) {
  const { stdout, stderr, code } = await ended(
    start([...argv, "--output=json"], { cwd: home, env: { HOME: home } }),
  );
  const document: unknown = JSON.parse(stdout);
  if (!isInventory(document)) throw new Error(ajv.errorsText(isInventory.errors));
  const { services, coverage } = document;
  const types = services.map(({ type, stale }) => (stale === true ? `${type} (stale)` : type));
  return { types, coverage, code, stderr };
}

describe("the cache, with real servers", () => {
  test("keeps what it knew of a host that keeps silent, and not of one that refuses", async () => {
    await using lab = await createLab({ hosts: 1 });
    const h1 = lab.host(1);
    await h1.redis({ port: 6379 });
    const asked = [h1.address, "--ports=6379", "--timeout=300ms"];
    const cached = (...more: string[]) => discover("--cached", ...asked, ...more);
    expect(await discover(...asked)).toMatchObject({ types: ["redis"], code: 0, stderr: "" });
    expect(await cached()).toMatchObject({ types: ["redis"], code: 0, stderr: "" });

    await h1.drop(6379);
    expect(await discover(...asked)).toMatchObject({ types: [], coverage: { filtered: 1 } });
    expect(await cached()).toMatchObject({ types: ["redis"], coverage: { open: 1, closed: 0 } });
    const old = await cached("--max-age=1ms");
    expect(old).toMatchObject({ types: ["redis (stale)"], coverage: { open: 0, unprobed: 1 }, code: 3 });

    await h1.heal();
    await h1.reject(6379);
    expect(await discover(...asked)).toMatchObject({ types: [], coverage: { closed: 1 } });
    expect(await cached()).toMatchObject({
      types: [],
      coverage: { open: 0, closed: 1, unprobed: 0 },
      code: 0,
    });

    await h1.heal();
    expect(await discover(...asked)).toMatchObject({ types: ["redis"] });
    expect(await cached()).toMatchObject({ types: ["redis"], coverage: { open: 1, closed: 0 } });
  });

  test("learns what is closed where threads sweep, too, and the coverage is the same", async () => {
    const field = ["127.16.0.0/22", "--ports=8000-8015", "--strategy=tcp", "--threads=2"];
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.end("SSH-2.0-Lab_1.0\r\n");
    });
    const { close } = await listening(server, { host: "127.16.2.9", port: 8_007 });
    expect(await discover(...field)).toMatchObject({ types: ["ssh"], coverage: { probes: 16_384, open: 1 } });
    expect(await discover(...field)).toMatchObject({
      types: ["ssh"],
      coverage: { probes: 16_384, open: 1, closed: 16_383, unprobed: 0, complete: true },
    });
    await close();
    expect(await discover(...field)).toMatchObject({
      types: [],
      coverage: { probes: 16_384, open: 0, closed: 16_384, unprobed: 0, complete: true },
    });
    expect(await discover("--cached", ...field)).toMatchObject({
      types: [],
      coverage: { probes: 16_384, open: 0, closed: 1, unprobed: 16_383 },
    });
  });
});
