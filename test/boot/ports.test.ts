import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { handOver, releaseLeases } from "../../src/boot/leases.ts";
import { choosePorts } from "../../src/boot/ports.ts";
import { ownerOf } from "../../src/disk/owner.ts";
import { freePort, holdPort } from "./world.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sonde-ports-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const asks = (token: string): Parameters<typeof choosePorts>[1] => ({ folder, token, signal });
const AUTO = { kind: "auto", from: 22_000 } as const;

describe("a port", () => {
  test("is one's own as long as one lives, though nobody listens yet", async () => {
    const [first] = (await choosePorts(AUTO, asks("s/a/1/x"))).ports;
    const second = await choosePorts(AUTO, asks("s/b/1/y"));
    expect(second.ports[0]).toBeGreaterThan(first ?? 0);
    expect(second.note).toContain(`on ${second.ports[0]}`);
    const fixed = choosePorts({ kind: "fixed", ports: [first ?? 0] }, asks("s/c/1/z"));
    await expect(fixed).rejects.toThrow(
      `Port ${first} is already in use and auto-discovery is disabled: it is kept for a of a stack`,
    );
  });

  test("of a dead one is anybody's, and of one whose service lives is not", async () => {
    const [port = 0] = (await choosePorts(AUTO, asks("s/a/1/x"))).ports;
    const service = spawn("sleep", ["300"], { stdio: "ignore" });
    await new Promise((resolve) => service.once("spawn", resolve));
    try {
      const owner = ownerOf(service.pid ?? 0);
      if (owner === undefined) throw new Error("sleep does not sleep");
      handOver([port], owner, { folder, token: "s/a/1/x" });
      expect((await choosePorts(AUTO, asks("s/b/1/y"))).ports).not.toContain(port);
    } finally {
      service.kill("SIGKILL");
    }
    await new Promise((resolve) => service.once("close", resolve));
    expect((await choosePorts(AUTO, asks("s/c/1/z"))).ports).toEqual([port]);
  });

  test("of a starter that was killed is kept for what carries its token", async () => {
    const [port = 0] = (await choosePorts(AUTO, asks("s/a/1/x"))).ports;
    const lease = join(folder, `${port}.json`);
    const text = readFileSync(lease, "utf8");
    writeFileSync(lease, text.replace(/"since":"\d+"/, '"since":"1"'));
    const env = { PATH: process.env["PATH"], SONDE_BOOT_TOKEN: "s/a/1/x" };
    const service = spawn("sleep", ["300"], { env, stdio: "ignore" });
    await new Promise((resolve) => service.once("spawn", resolve));
    try {
      expect((await choosePorts(AUTO, asks("s/b/1/y"))).ports).not.toContain(port);
    } finally {
      service.kill("SIGKILL");
    }
    await new Promise((resolve) => service.once("close", resolve));
    expect((await choosePorts(AUTO, asks("s/c/1/z"))).ports).toEqual([port]);
  });

  test("is given back by who took it alone", async () => {
    const { ports } = await choosePorts(AUTO, asks("s/a/1/x"));
    await releaseLeases(ports, asks("s/b/1/y"));
    expect(readdirSync(folder)).toEqual(ports.map((port) => `${port}.json`));
    await releaseLeases(ports, asks("s/a/1/x"));
    expect(readdirSync(folder)).toEqual([]);
  });

  test("that is one of several is taken with all of them or not at all", async () => {
    const [free, holder] = [await freePort(), await holdPort(0)];
    try {
      await expect(
        choosePorts({ kind: "fixed", ports: [free, holder.port] }, asks("s/a/1/x")),
      ).rejects.toThrow(`Port ${holder.port} is already in use and auto-discovery is disabled`);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      await holder.close();
    }
  });

  test("is not found where the hundred are kept", async () => {
    const from = 65_530; // five and the last: what lies beyond is no port
    for (let port = from; port <= 65_535; port++)
      await choosePorts({ kind: "fixed", ports: [port] }, asks(`s/p${port}/1/x`));
    await expect(choosePorts({ kind: "auto", from }, asks("s/a/1/x"))).rejects.toThrow(
      `No available ports found starting from ${from}`,
    );
  });

  test("that a garbled lease is about is free", async () => {
    writeFileSync(join(folder, "22000.json"), "{");
    const { ports } = await choosePorts(AUTO, asks("s/a/1/x"));
    expect(JSON.parse(readFileSync(join(folder, `${ports[0]}.json`), "utf8"))).toMatchObject({
      token: "s/a/1/x",
    });
  });
});
