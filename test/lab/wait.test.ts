import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Finished, MAIN, ended, start } from "../cli/built.ts";
import { wait } from "../cli/waiting.ts";
import { run } from "./command.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { unprivileged } from "./unprivileged.ts";

const check = (...argv: string[]): Promise<Finished> => ended(start(["check", ...argv], { cwd: "/" }));

let lab: Lab;
beforeAll(async () => {
  lab = await createLab({ hosts: 1 });
});
afterAll(() => lab?.close());

describe("discover wait, with real servers", () => {
  test("finds a type on this machine, at whatever port it comes up", async () => {
    const waiting = wait("redis", "--timeout=20s");
    await waiting.said("redis: none was found");
    const redis = await lab.local.redis({ port: 17_001 });
    try {
      const { code, stdout } = await waiting.end;
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^redis at 127\.0\.0\.1:17001 is there: Redis \d[\d.]+, after /),
      });
    } finally {
      await redis.stop();
    }
  });

  test("does not take a server for there that only the kernel answers for", async () => {
    const redis = await lab.local.redis({ port: 17_002 });
    redis.pause();
    try {
      const waiting = wait("redis://127.0.0.1:17002", "--timeout=30s");
      await waiting.said("open, and not known to be redis");
      redis.resume();
      expect(await waiting.end).toMatchObject({ code: 0 });
    } finally {
      await redis.stop();
    }
  });

  test("finds a type in a range, once a firewall lets it", async () => {
    const host = lab.host(1);
    const postgres = await host.postgres({ port: 5433 });
    try {
      await host.drop(5433);
      const waiting = wait("postgresql", "10.99.0.11:5433", "--range=10.99.0.11-12", "--timeout=30s");
      await waiting.said("10.99.0.11:5433: no answer");
      await host.heal();
      const { code, stdout } = await waiting.end;
      expect(code).toBe(0);
      expect(stdout).toContain("postgresql at 10.99.0.11:5433 is there: PostgreSQL, after ");
      expect(stdout).toContain("10.99.0.11:5433 is there: PostgreSQL, after ");
    } finally {
      await postgres.stop();
    }
  });

  test("notes a certificate that is not to be trusted", async () => {
    const tls = await lab.certificate("shop.test");
    const nginx = await lab.local.nginx({ port: 17_003, tls, tlsPort: 17_004 });
    try {
      const { code, stdout } = await wait("https://localhost:17004/health").end;
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^https:\/\/localhost:17004\/health is there: 200, status "ok" \(nginx [\d.]+\); its certificate is not to be trusted: .+, after .+\n$/,
      );
    } finally {
      await nginx.stop();
    }
  });
});

describe("discover check, with real servers", () => {
  test("tells free, taken by what it should be, and taken by something else", async () => {
    expect(await check("5432", "postgresql")).toMatchObject({ code: 0, stdout: "port 5432 is free\n" });
    const postgres = await lab.local.postgres();
    try {
      expect(await check("5432", "postgresql")).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(
          /^port 5432 is taken by postgresql \(PostgreSQL, process postgres, pid \d+\)\n$/,
        ),
      });
      expect(await check("5432", "mysql")).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^port 5432 is taken by postgresql, not mysql \(.*\); 5433 is free\n$/),
      });
    } finally {
      await postgres.stop();
    }
  });

  test("sees a server that does not answer", async () => {
    const redis = await lab.local.redis();
    redis.pause();
    try {
      expect(await check("6379", "redis", "--timeout=300ms", "--http-timeout=300ms")).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(
          /^port 6379 is taken by something unknown, not redis \(process redis-server, pid \d+\); 6380 is free\n$/,
        ),
      });
    } finally {
      redis.resume();
      await redis.stop();
    }
  });

  test("says that a user without rights cannot tell for certain", async () => {
    expect(await run(unprivileged([process.execPath, MAIN, "check", "80"]))).toBe(
      "port 80 is free as far as can be seen: nobody answers, and this user may not bind it\n",
    );
  });
});
