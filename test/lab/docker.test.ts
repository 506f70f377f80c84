import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { TestContext } from "vitest";

import { ended, start } from "../cli/built.ts";
import { run } from "./command.ts";
import { cgroupName } from "./docker-daemon.ts";
import { IMAGE } from "./docker-image.ts";
import { cgroupFolders, whyNoDocker } from "./docker-needs.ts";
import { type Docker, startDocker } from "./docker.ts";
import { createLab } from "./lab.ts";

/** A page behind a port of 127.0.0.1, from a folder of the machine. `init`: as process 1 busybox heeds no SIGTERM. */
const COMPOSE = `
version: "2.4"
services:
  web:
    image: ${IMAGE}
    init: true
    command: [httpd, -f, -p, "80", -h, /www]
    ports: ["127.0.0.1:18080:80"]
    volumes: ["./www:/www:ro", "data:/data"]
    healthcheck: { test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1/"], interval: 1s }
volumes: { data: {} }
`;
const PAGE = "from a container\n";
const PATIENCE = { timeout: 20_000, interval: 50 };

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sonde-docker-"));
  mkdirSync(path.join(folder, "www"));
  writeFileSync(path.join(folder, "www", "index.html"), PAGE);
  writeFileSync(path.join(folder, "docker-compose.yml"), COMPOSE);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("Docker in the lab", () => {
  test("compose brings up a service that discover finds, and takes it away again", async (context) => {
    await using docker = await dockerOrSkip(context);
    await compose(docker, "up", "--detach");
    await vi.waitFor(async () => expect(await page()).toBe(PAGE), PATIENCE);
    expect(await discover(docker)).toMatch(/^http +127\.0\.0\.1:18080 +healthy /m);
    const id = (await compose(docker, "ps", "-q", "web")).trim();
    const health = ["docker", "inspect", "--format={{.State.Health.Status}}", id];
    await vi.waitFor(async () => expect(await docker.run(health)).toBe("healthy\n"), PATIENCE);
    await compose(docker, "down", "--volumes");
    expect(await discover(docker)).not.toContain("18080");
    expect(await leftIn(docker)).toEqual({ containers: "", volumes: "", networks: "bridge\nhost\nnone\n" });
  });

  test("a container reaches the lab's hosts, and they reach what it publishes", async (context) => {
    await using lab = await createLab({ hosts: 1 });
    const redis = await lab.host(1).redis();
    await using docker = await dockerOrSkip(context);
    const ping = `printf 'PING\\r\\n' | nc -w 5 ${redis.address} ${redis.port} | head -n 1`;
    expect(await docker.run(["docker", "run", "--rm", IMAGE, "sh", "-c", ping])).toBe("+PONG\r\n");
    const serve = ["httpd", "-f", "-p", "80", "-h", "/etc"];
    await docker.run(["docker", "run", "--detach", "--publish=18081:80", IMAGE, ...serve]);
    const ask = ["busybox", "nc", "-w", "5", "10.99.0.1", "18081"];
    const answer = async (): Promise<string> => lab.host(1).run(ask, "GET /hostname HTTP/1.0\r\n\r\n");
    await vi.waitFor(async () => expect(await answer()).toMatch(/^HTTP\/1\.\d 200 OK\r\n/), PATIENCE);
  });

  test("closing ends what still runs, and leaves nothing", async (context) => {
    const before = await traces();
    const docker = await dockerOrSkip(context);
    await compose(docker, "up", "--detach");
    expect(await traces()).not.toEqual(before);
    await docker.close();
    expect(await traces()).toEqual(before);
  });

  test("does without overlays where the kernel has none", async (context) => {
    await using docker = await dockerOrSkip(context, { "storage-driver": "vfs" });
    expect(await docker.run(["docker", "info", "--format={{.Driver}}"])).toBe("vfs\n");
  });

  test("says why there is none for an ordinary user", async () => {
    vi.stubEnv("LAB_MODE", "rootless-multi");
    const said = vi.fn<(reason: string) => void>();
    expect(await startDocker({ say: said })).toBeUndefined();
    const reason = "No Docker in this lab: it needs true root, and this world is rootless-multi";
    expect(said.mock.calls).toEqual([[reason]]);
  });

  test("a daemon that does not come up is a reason, or a failure where nothing may be skipped", async (context) => {
    if (whyNoDocker() !== undefined) context.skip("there can be no Docker here");
    const before = await traces();
    const said = vi.fn<(reason: string) => void>();
    vi.stubEnv("CI", "");
    vi.stubEnv("SONDE_LAB", "");
    expect(await startDocker({ say: said, settings: { "of-wax": true } })).toBeUndefined();
    expect(said.mock.calls).toEqual([
      [expect.stringMatching(/^No Docker in this lab: dockerd ended: .*of-wax/)],
    ]);
    vi.stubEnv("SONDE_LAB", "required");
    const late = startDocker({ say: said, settings: { "storage-driver": "of-wax" } });
    await expect(late).rejects.toThrow("of-wax");
    expect(await traces()).toEqual(before);
  });
});

async function dockerOrSkip(context: TestContext, settings = {}): Promise<Docker> {
  return (await startDocker({ settings })) ?? context.skip("there can be no Docker here");
}

function compose(docker: Docker, ...argv: string[]): Promise<string> {
  const place = [`--project-directory=${folder}`, `--file=${path.join(folder, "docker-compose.yml")}`];
  return docker.run([...docker.compose, ...place, ...argv]);
}

async function discover(docker: Docker): Promise<string> {
  return (await ended(start([], { cwd: folder, env: docker.env }))).stdout;
}

async function page(): Promise<string> {
  return (await fetch("http://127.0.0.1:18080/")).text();
}

async function leftIn(docker: Docker): Promise<object> {
  return {
    containers: await docker.run(["docker", "ps", "--all", "--quiet"]),
    volumes: await docker.run(["docker", "volume", "ls", "--quiet"]),
    networks: await docker.run(["docker", "network", "ls", "--format={{.Name}}"]),
  };
}

/** What a daemon could leave behind, in the world and on the machine around it. */
async function traces(): Promise<object> {
  const rules = (await run(["iptables-save"])).split("\n");
  const folders = ["/run", "/etc/docker", "/opt", "/var/lib/docker"];
  return {
    processes: processNames().filter((name) => /docker|containerd|runc|httpd|unshare/.test(name)),
    mounts: readFileSync("/proc/self/mounts", "utf8"),
    links: await run(["ip", "-oneline", "link", "show"]),
    // Tables that were used once stay, empty.
    rules: rules.filter((line) => /^-|^:.* - /.test(line)),
    forwarding: readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8"),
    cgroups: cgroupFolders().filter((hierarchy) => existsSync(path.join(hierarchy, cgroupName()))),
    files: folders.map((name) => [name, existsSync(name) ? readdirSync(name) : undefined]),
  };
}

function processNames(): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => {
    const file = `/proc/${pid}/comm`;
    return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  });
}
