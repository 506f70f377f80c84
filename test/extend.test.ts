import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { listening } from "./lab/listening.js";
import type { Listening } from "./lab/listening.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Not the 127.0.0.1 that other tests have their servers on: a scan with the usual ports is to meet only ours. */
const HOST = "127.83.79.78";

const run = promisify(execFile);

let folder = "";
let server: Listening;

beforeAll(async () => {
  // Speaks when spoken to, and only in its own protocol.
  server = await listening(
    createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (asked) => {
        if (asked.toString() === "SONDE?\n") socket.write("SONDE! Newcomer 4.2\n");
      });
    }),
    { host: HOST },
  );
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "sonde-extend-")));
  for (const name of ["src", "strategies", "package.json", "tsconfig.json", "bundle.js"]) {
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  extend(server.port);
  await run(process.execPath, [path.join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "."], {
    cwd: folder,
  });
  await run(process.execPath, ["bundle.js"], { cwd: folder });
}, 120_000);

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** One file each, and one line each. */
function extend(port: number): void {
  write("src/catalog/services/newcomer.ts", ENTRY.replace("PORT", String(port)));
  addLine(
    "src/catalog/services.ts",
    'export { default as nats } from "./services/nats.ts";',
    'export { default as newcomer } from "./services/newcomer.ts";',
  );
  write("src/output/formats/shouted.ts", FORMAT);
  addLine(
    "src/output/index.ts",
    '["csv", () => import("./formats/csv.ts")],',
    '["shouted", () => import("./formats/shouted.ts")],',
  );
  write("strategies/knock/index.ts", STRATEGY);
  addLine(
    "strategies/index.ts",
    '["tcp", () => import("./tcp/index.ts")],',
    '["knock", () => import("./knock/index.ts")],',
  );
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

/** Puts a line behind one that is in the file. */
function addLine(file: string, behind: string, line: string): void {
  const lines = readFileSync(path.join(folder, file), "utf8").split("\n");
  const at = lines.findIndex((one) => one.trim() === behind);
  if (at < 0) throw new Error(`${file} has no line ${behind}`);
  writeFileSync(path.join(folder, file), lines.toSpliced(at + 1, 0, line).join("\n"));
}

const ENTRY = `import { latin1, fromLatin1 } from "../../model/bytes.ts";
import type { CatalogEntry } from "../../model/catalog.ts";

const entry: CatalogEntry = {
  type: "newcomer",
  title: "Newcomer",
  category: "queue",
  summary: "Came today",
  ports: [PORT],
  scheme: "newcomer",
  probes: [
    {
      name: "question",
      send: latin1("SONDE?\\n"),
      read(reply) {
        const version = /^SONDE! Newcomer ([\\d.]+)\\n$/.exec(fromLatin1(reply))?.[1];
        if (version === undefined) return undefined;
        const match = { product: "Newcomer", version, confidence: 0.98, summary: "answered SONDE! to SONDE?" };
        return { kind: "match", match };
      },
    },
  ],
  examples: [],
};

export default entry;
`;

const FORMAT = `import type { DocumentFormat } from "../../model/output.ts";

const format: DocumentFormat = {
  kind: "document",
  name: "shouted",
  summary: "Loud",
  extensions: ["loud"],
  format: ({ services }) => services.map(({ id }) => id.toUpperCase() + "!\\n").join(""),
};

export default format;
`;

const STRATEGY = `import type { Strategy } from "../../src/model/strategy.ts";

const knock: Strategy = {
  name: "knock",
  summary: "Knocks and goes away",
  async *observe(scope, { scanner, clock }) {
    for await (const { endpoint, latencyMs } of scanner.sweep(scope)) {
      yield { strategy: "knock", at: clock.now(), endpoint, outcome: "open", latencyMs, reason: "somebody is in" };
    }
  },
};

export default knock;
`;

async function discover(...argv: string[]): Promise<string> {
  const main = path.join(folder, "dist/command/main.js");
  const { stdout } = await run(process.execPath, [main, ...argv], { cwd: folder, env: { HOME: folder } });
  return stdout;
}

interface Found {
  readonly services: readonly { readonly port: number; readonly type: string }[];
}

async function scan(...argv: string[]): Promise<Found["services"]> {
  const { services }: Found = JSON.parse(await discover(HOST, "--output=json", ...argv));
  return services.filter(({ port }) => port === server.port);
}

describe("one added file and one line", { timeout: 60_000 }, () => {
  test("make a kind of service: it is shown, its port is scanned, and it is named", async () => {
    expect(await discover("catalog", "newcomer")).toMatch(new RegExp(`newcomer[^]*${server.port}`));
    expect(await scan()).toMatchObject([
      {
        id: `newcomer@${HOST}:${server.port}`,
        category: "queue",
        url: `newcomer://${HOST}:${server.port}`,
        product: "Newcomer",
        version: "4.2",
        confidence: 0.98,
      },
    ]);
    const services = await scan("--type=newcomer");
    expect(services).toHaveLength(1);
  });

  test("make an output format, by its name and by a file's extension", async () => {
    const line = `NEWCOMER@${HOST}:${server.port}!\n`;
    expect(await discover(HOST, `--ports=${server.port}`, "--output=shouted")).toBe(line);
    await discover(HOST, `--ports=${server.port}`, "--save=found.loud");
    expect(readFileSync(path.join(folder, "found.loud"), "utf8")).toBe(line);
  });

  test("make a strategy, by itself and beside another", async () => {
    const port = `--ports=${server.port}`;
    expect(await scan(port, "--strategy=knock")).toMatchObject([
      { type: "unknown", strategies: ["knock"], evidence: [{ summary: "somebody is in" }] },
    ]);
    expect(await scan(port, "--strategy=knock,tcp")).toMatchObject([
      { type: "newcomer", strategies: ["knock", "tcp"] },
    ]);
  });
});
