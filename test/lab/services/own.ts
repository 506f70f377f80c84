import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import type { HttpExample } from "../../../src/model/catalog.ts";
import type { BadMode } from "../bad-server.js";
import type { Machine, ServiceOptions } from "../machine.ts";
import type { Task } from "../serve.js";
import type { Service } from "../service.ts";
import type { Exchange } from "../stand-in-server.js";

const SERVE = fileURLToPath(new URL("../serve.js", import.meta.url));

/** Where one of our own servers listens; `port` has no usual value here. */
export interface OwnOptions extends ServiceOptions {
  readonly port: number;
}

/** A server that behaves badly. */
export function bad(machine: Machine, mode: BadMode, options: OwnOptions): Promise<Service> {
  return serve(machine, `bad-${mode}`, { kind: "bad", mode, ...place(machine, options) });
}

/** An HTTP server that answers as recorded. */
export function pages(
  machine: Machine,
  examples: readonly HttpExample[],
  options: OwnOptions,
): Promise<Service> {
  return serve(machine, "pages", { kind: "pages", pages: examples, ...place(machine, options) });
}

/** A raw TCP server that answers as recorded. */
export function script(
  machine: Machine,
  exchanges: readonly Exchange[],
  options: OwnOptions,
): Promise<Service> {
  return serve(machine, "script", { kind: "script", script: exchanges, ...place(machine, options) });
}

function place(
  machine: Machine,
  { port, listen = machine.listen }: OwnOptions,
): { port: number; listen: readonly string[] } {
  return { port, listen };
}

function serve(machine: Machine, kind: string, task: Task): Promise<Service> {
  const { port, listen } = task;
  const name = `${kind}-${port}`;
  const file = path.join(machine.folder(name), "task.json");
  writeFileSync(file, JSON.stringify(task));
  return machine.start({ name, port, listen, argv: [process.execPath, SERVE, file] });
}
