import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { STRATEGY_NAMES, loadStrategy } from "../strategies/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Rooms that another room may import besides itself; `discover` and `index` are the files of those names. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  targets: ["model"],
  net: ["model"],
  catalog: ["model"],
  disk: ["model"],
  document: ["model"],
  inventory: ["model", "disk"],
  output: ["model"],
  scan: ["model", "targets"],
  dns: ["model"],
  mdns: ["model", "dns"],
  // It asks the network through what it is handed, and opens nothing itself.
  identify: ["model", "catalog"],
  health: ["model", "catalog"],
  stack: ["model", "document", "targets", "output"],
  // Pure: no modules of Node's, no packages.
  plan: ["model"],
  boot: ["model", "net", "disk", "plan"],
  servers: ["model", "net", "disk", "document"],
  strategies: ["model", "net", "catalog", "identify", "health", "dns", "mdns"],
  run: ["model", "disk", "targets", "net", "catalog", "inventory", "identify", "dns", "mdns", "scan"],
  discover: ["model", "targets", "net", "catalog", "inventory", "identify", "scan", "run", "strategies"],
  "self-test": ["model", "run", "scan", "strategies"],
  watch: ["model", "run", "strategies"],
  assess: [
    "model",
    "targets",
    "net",
    "catalog",
    "inventory",
    "scan",
    "run",
    "boot",
    "plan",
    "discover",
    "strategies",
  ],
  "stack-file": ["model", "stack", "catalog", "inventory", "targets"],
  "boot-manager": ["model", "disk", "targets", "stack", "plan", "boot", "inventory", "catalog", "assess"],
  index: [
    "model",
    "discover",
    "self-test",
    "watch",
    "servers",
    "stack-file",
    "plan",
    "stack",
    "assess",
    "boot",
    "boot-manager",
  ],
  cli: [
    "model",
    "disk",
    "document",
    "stack",
    "plan",
    "boot",
    "servers",
    "assess",
    "boot-manager",
    "targets",
    "net",
    "catalog",
    "inventory",
    "identify",
    "output",
    "scan",
    "run",
    "discover",
    "self-test",
    "watch",
    "index",
    "strategies",
  ],
};

/** Node's modules that open sockets or ask name servers, and undici, which does both. */
const SOCKET_MODULES = /^(?:node:(?:net|tls|dgram|http2?|https|dns)(?:\/.*)?|undici)$/;

/** Where a dependency may be imported in more than one file: one to read, one to write. */
const IMPORTERS: Readonly<Record<string, readonly string[]>> = {
  yaml: ["src/document/nodes.ts", "src/document/read.ts", "src/output/yaml-text.ts"],
  zod: ["src/servers/schema.ts", "src/stack/schema.ts"],
};

interface Source {
  /** From the root of the repository. */
  readonly file: string;
  readonly room: string;
  /** Without comments. */
  readonly code: string;
  /** As they are written. */
  readonly imports: readonly string[];
}

const SOURCES: readonly Source[] = ["src", "strategies"].flatMap(filesUnder).map(readSource);
const FILES = new Set(SOURCES.map(({ file }) => file));

function filesUnder(folder: string): string[] {
  const found = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return found.filter((name) => name.endsWith(".ts")).map((name) => path.posix.join(folder, name));
}

function readSource(file: string): Source {
  const code = withoutComments(readFileSync(path.join(ROOT, file), "utf8"));
  return { file, room: roomOf(file), code, imports: importsOf(code) };
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

/** Statements, types included, and `import()` of a literal. */
function importsOf(code: string): string[] {
  const statements = code.matchAll(/^(?:import|export)\b[^;"]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"/gm);
  const calls = code.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g);
  return [...statements, ...calls].map(([, from, bare]) => from ?? bare ?? "");
}

function roomOf(file: string): string {
  const [top = "", second = ""] = file.split("/");
  return top === "src" ? second.replace(/\.ts$/, "") : top;
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith(".");
}

function resolved(file: string, specifier: string): string {
  return path.posix.join(path.posix.dirname(file), specifier);
}

function packageOf(specifier: string): string {
  const [scope = "", name = ""] = specifier.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

function isPackage(specifier: string): boolean {
  return !isRelative(specifier) && !specifier.startsWith("node:");
}

/** The strategy whose folder a file is in. */
function strategyOf(file: string): string | undefined {
  return /^strategies\/([^/]+)\//.exec(file)?.[1];
}

describe("the reader of imports", () => {
  test("sees statements, types, side effects, re-exports and calls, and no comments", () => {
    const code = withoutComments(
      [
        'import { a } from "./a.ts";',
        "import type {",
        "  B,",
        '} from "./b.ts";',
        'import "./c.ts";',
        'export { d } from "./d.ts";',
        'const e = () => import("./e.ts");',
        '// import { f } from "./f.ts";',
        '/* import("./g.ts") */',
      ].join("\n"),
    );
    expect(importsOf(code)).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts"]);
  });

  test("finds an import in nearly every file", () => {
    expect(SOURCES.length).toBeGreaterThan(100);
    const without = SOURCES.filter(({ imports }) => imports.length === 0);
    expect(without.length).toBeLessThan(SOURCES.length / 5);
  });
});

describe("imports", () => {
  test("lead to files that are there", () => {
    const missing = SOURCES.flatMap(({ file, imports }) =>
      imports
        .filter(isRelative)
        .map((one) => resolved(file, one))
        .filter((target) => !FILES.has(target)),
    );
    expect(missing).toEqual([]);
  });

  test("are ruled for every room there is", () => {
    const rooms = new Set(SOURCES.map(({ room }) => room));
    expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  test.each(Object.entries(MAY_IMPORT))("%s imports only itself and %j", (room, allowed) => {
    const here = SOURCES.filter((source) => source.room === room);
    expect(here).not.toEqual([]);
    const wrong = here.flatMap(({ file, imports }) =>
      imports
        .filter(isRelative)
        .map((one) => resolved(file, one))
        .filter((target) => roomOf(target) !== room && !allowed.includes(roomOf(target)))
        .map((target) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("the model needs nothing, not even Node", () => {
    const wrong = SOURCES.filter(({ room }) => room === "model").flatMap(({ imports }) =>
      imports.filter((one) => !isRelative(one)),
    );
    expect(wrong).toEqual([]);
  });

  test("no strategy imports another", () => {
    const wrong = SOURCES.flatMap(({ file, imports }) => {
      const own = strategyOf(file);
      const others = imports.filter(isRelative).map((one) => strategyOf(resolved(file, one)));
      return own === undefined ? [] : others.filter((one) => one !== undefined && one !== own);
    });
    expect(wrong).toEqual([]);
  });

  test("go round in no circle", () => {
    const graph = new Map(
      SOURCES.map(({ file, imports }) => [
        file,
        imports.filter(isRelative).map((one) => resolved(file, one)),
      ]),
    );
    expect(circleIn(graph)).toBeUndefined();
  });

  test("a circle would be seen", () => {
    const line = new Map([
      ["a", ["b", "c"]],
      ["b", ["c"]],
      ["c", []],
    ]);
    expect(circleIn(line)).toBeUndefined();
    expect(circleIn(new Map([...line, ["c", ["a"]]]))).toEqual(["a", "b", "c", "a"]);
  });
});

/** A way through the graph that comes back to where it was. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next, [...way, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

function opens({ code, imports }: Source): boolean {
  return imports.some((one) => SOCKET_MODULES.test(one)) || /\bfetch\(|\bnew WebSocket\(/.test(code);
}

describe("the outside world", () => {
  test("is printed to, read from the environment and left only in cli", () => {
    const forbidden =
      /\bconsole\s*\.|\bprocess\s*\.\s*(?:env|stdin|stdout|stderr|exit|exitCode|argv|abort|on)\b|"node:process"/;
    const wrong = SOURCES.filter(({ room, code }) => room !== "cli" && forbidden.test(code));
    expect(wrong.map(({ file }) => file)).toEqual([]);
    // The pattern finds what it is to find.
    expect(SOURCES.some(({ room, code }) => room === "cli" && forbidden.test(code))).toBe(true);
  });

  test("has its processes started in boot alone, and ended there and in cli", () => {
    const starts = /"node:child_process"/;
    const ends = /\bprocess\s*\.\s*kill\b/;
    const asks = "src/disk/owner.ts"; // signal 0: whether a process is there
    const wrong = SOURCES.filter(
      ({ room, file, code }) =>
        (room !== "boot" && starts.test(code)) ||
        (room !== "boot" && room !== "cli" && file !== asks && ends.test(code)),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  test("is reached through sockets only in net", () => {
    expect(SOURCES.filter((one) => one.room !== "net" && opens(one)).map(({ file }) => file)).toEqual([]);
    expect(SOURCES.some((one) => one.room === "net" && opens(one))).toBe(true);
  });
});

describe("dependencies", () => {
  const importers = new Map<string, Set<string>>();
  for (const { file, imports } of SOURCES) {
    for (const specifier of imports.filter(isPackage)) {
      const name = packageOf(specifier);
      importers.set(name, (importers.get(name) ?? new Set()).add(file));
    }
  }

  test("in package.json are those that are imported", () => {
    const manifest: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(path.join(ROOT, "package.json"), "utf8"),
    );
    expect([...importers.keys()].toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
  });

  test.each([...importers])("%s is imported in one file", (name, files) => {
    const allowed = IMPORTERS[name];
    if (allowed === undefined) expect([...files]).toHaveLength(1);
    else expect([...files].toSorted()).toEqual(allowed);
  });
});

describe("the registry of strategies", () => {
  test("lists exactly the folders beside it", () => {
    const folders = readdirSync(path.join(ROOT, "strategies"), { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map(({ name }) => name);
    expect([...STRATEGY_NAMES].toSorted()).toEqual(folders.toSorted());
  });

  test.each(STRATEGY_NAMES)("has %s under the name it gives itself", async (name) => {
    expect((await loadStrategy(name)).name).toBe(name);
  });

  test.each(["tpc", "constructor", "__proto__", "toString"])("refuses %s", async (name) => {
    await expect(loadStrategy(name)).rejects.toMatchObject({ code: "bad-option" });
  });
});
