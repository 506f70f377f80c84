import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { BootTools } from "../../src/boot/tools.ts";
import { systemClock } from "../../src/model/clock.ts";
import { type World, createWorld, isAlive, resultOf } from "../boot/world.ts";

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.close());

/** Well once it takes connections. */
const tools: BootTools = {
  clock: systemClock,
  look: ({ address, port }) =>
    new Promise((resolve) => {
      const socket = connect({ host: address, port });
      const seen = { summary: "a connection", version: null, url: null };
      socket.once("connect", () => resolve({ ...seen, state: "healthy" }));
      socket.once("error", () => resolve({ ...seen, state: "absent" }));
      socket.once("connect", () => socket.destroy());
    }),
};

const NGINX = `
daemon on;
user root;
worker_processes 2;
pid %/nginx.pid;
error_log %/error.log;
events {}
http {
  access_log off;
  client_body_temp_path %/a; proxy_temp_path %/b; fastcgi_temp_path %/c; uwsgi_temp_path %/d; scgi_temp_path %/e;
  server { listen 127.0.0.1:27002; }
}`;

const REDIS = ["redis-server", "--port", "${port}", "--bind", "${host}", "--save", "", "--dir", "."];

describe("a real daemon, which writes its title over its environment", () => {
  test.each([
    ["Redis", [...REDIS, "--daemonize", "yes"], 27_001],
    ["nginx", ["nginx", "-p", ".", "-c", "nginx.conf"], 27_002],
  ])("is known again, adopted and ended: %s", async (_name, start, port) => {
    writeFileSync(join(world.folder, "nginx.conf"), NGINX.replaceAll("%", world.folder));
    const wanted = [{ name: "one", start, ports: { kind: "fixed", ports: [port] } as const }];
    const first = resultOf(await world.boot(wanted, { tools }), "one");
    expect(first).toMatchObject({ status: "started", port });
    expect(readFileSync(`/proc/${first.pid}/environ`, "utf8")).not.toContain("SONDE_BOOT_TOKEN");

    const second = resultOf(await world.boot(wanted, { tools }), "one");
    expect(second).toMatchObject({ status: "adopted", pid: first.pid });

    expect((await world.down()).services).toMatchObject([{ service: "one", status: "stopped" }]);
    expect(isAlive(first.pid)).toBe(false);
    const look = await tools.look(
      { address: "127.0.0.1", port },
      { type: "tcp" },
      new AbortController().signal,
    );
    expect(look.state).toBe("absent");
  });
});
