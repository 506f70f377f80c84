import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { describe, expect, test } from "vitest";

import { readInterfaces, socketLimit } from "../../src/net/machine.ts";
import { parseSockets, readListeners } from "../../src/net/proc.ts";
import { during, serve } from "./peers.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

function row(local: string, state: string, inode: number): string {
  const none = local.length > 13 ? "00000000000000000000000000000000:0000" : "00000000:0000";
  return `   0: ${local} ${none} ${state} 00000000:00000000 00:00000000 00000000   107        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;
}

describe("the table of sockets", () => {
  test.each([
    ["0100007F:1538", "127.0.0.1", 5432],
    ["3500007F:0035", "127.0.0.53", 53],
    ["00000000:0016", "0.0.0.0", 22],
    ["0A0200C0:FFFF", "192.0.2.10", 65_535],
    ["00000000000000000000000000000000:0050", "::", 80],
    ["00000000000000000000000001000000:18EB", "::1", 6379],
    ["B80D0120000000000000000009000000:0050", "2001:db8::9", 80],
    ["000080FE00000000FF005450000001FE:0050", "fe80::5054:ff:fe01:0", 80],
    ["0000000000000000FFFF00000100007F:1F90", "127.0.0.1", 8080],
  ])("reads %s as %s port %i", (local, address, port) => {
    expect(parseSockets(HEAD + row(local, "0A", 77))).toEqual([{ address, port, inode: "77" }]);
  });

  test("is read for those that listen, and nothing else", () => {
    const table =
      HEAD + row("0100007F:1538", "01", 1) + row("0100007F:1539", "0A", 2) + row("0100007F:153A", "06", 3);
    expect(parseSockets(table).map(({ inode }) => inode)).toEqual(["2"]);
  });

  test.each([
    "",
    "\n",
    HEAD,
    `${HEAD}nonsense\n`,
    `${HEAD}   0: XYZ:0016 0 0A\n`,
    `${HEAD}   0: 01:0016 0 0A\n`,
  ])("that is no table has nothing in it: %j", (table) => {
    expect(parseSockets(table)).toEqual([]);
  });
});

describe("the listeners of a machine", () => {
  test("come with the process that holds them, the first where several do", () => {
    const root = mkdtempSync(path.join(tmpdir(), "sonde-proc-"));
    const put = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    };
    put("net/tcp", HEAD + row("0100007F:1538", "0A", 10) + row("00000000:0016", "0A", 11));
    put("net/tcp6", HEAD + row("00000000000000000000000001000000:1538", "0A", 12));
    for (const [pid, name] of [
      [9, "postgres"],
      [10, "worker"],
    ] as const) {
      put(`${pid}/comm`, `${name}\n`);
      mkdirSync(path.join(root, `${pid}/fd`));
      symlinkSync("socket:[10]", path.join(root, `${pid}/fd/3`));
      symlinkSync("/dev/null", path.join(root, `${pid}/fd/4`));
    }
    const postgres = { pid: 9, name: "postgres" };
    expect(readListeners(root)).toEqual([
      { address: "127.0.0.1", port: 5432, process: postgres },
      { address: "0.0.0.0", port: 22 },
      { address: "::1", port: 5432 },
    ]);
    expect(readListeners(root, { port: 22 })).toEqual([{ address: "0.0.0.0", port: 22 }]);
    // With no time for it, nobody's process is known.
    expect(readListeners(root, { port: 5432, withinMs: -1 })).toEqual([
      { address: "127.0.0.1", port: 5432 },
      { address: "::1", port: 5432 },
    ]);
    rmSync(root, { recursive: true });
  });

  test("have the program's name where it calls its main thread something else", () => {
    const root = mkdtempSync(path.join(tmpdir(), "sonde-proc-"));
    mkdirSync(path.join(root, "net"));
    writeFileSync(path.join(root, "net/tcp"), HEAD + row("0100007F:1538", "0A", 1));
    mkdirSync(path.join(root, "7/fd"), { recursive: true });
    symlinkSync("socket:[1]", path.join(root, "7/fd/3"));
    symlinkSync("/usr/bin/node", path.join(root, "7/exe"));
    writeFileSync(path.join(root, "7/comm"), "MainThread\n");
    expect(readListeners(root)).toEqual([
      { address: "127.0.0.1", port: 0x1538, process: { pid: 7, name: "node" } },
    ]);
    rmSync(root, { recursive: true });
  });

  test("are none where the machine does not tell", () => {
    expect(readListeners("/no/such/folder")).toEqual([]);
  });

  test.runIf(process.platform === "linux")("are found with this process among them", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const found = readListeners().find((one) => one.port === port);
        expect(found).toMatchObject({ address: "127.0.0.1", process: { pid: process.pid } });
        expect(found?.process?.name).not.toBe("");
      },
    );
  });

  test.runIf(process.platform === "linux")(
    "are all found where they fill pages of the kernel's",
    async () => {
      const servers = await Promise.all(Array.from({ length: 200 }, () => serve(() => {})));
      try {
        const found = new Set(readListeners().map(({ port }) => port));
        expect(servers.filter(({ port }) => !found.has(port))).toEqual([]);
      } finally {
        await Promise.all(servers.map((server) => server.close()));
      }
    },
  );

  test.each([0, 1, 12, 13, 14, 27, 28, 41, 60])("are all read of a table of %i rows", (rows) => {
    const root = mkdtempSync(path.join(tmpdir(), "sonde-proc-"));
    mkdirSync(path.join(root, "net"));
    const table = Array.from({ length: rows }, (_, at) => row("0100007F:1538", "0A", at + 1));
    writeFileSync(path.join(root, "net/tcp"), HEAD + table.join(""));
    try {
      expect(readListeners(root)).toHaveLength(rows);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe("this machine", () => {
  test("has a loopback interface", () => {
    expect(readInterfaces()).toContainEqual(
      expect.objectContaining({ address: "127.0.0.1", family: 4, internal: true, prefixLength: 8 }),
    );
  });

  test("lets some sockets be open at once", () => {
    expect(socketLimit()).toBeGreaterThanOrEqual(16);
  });
});
