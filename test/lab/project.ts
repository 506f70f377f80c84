import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { type Finished, ended, start } from "../cli/built.ts";

/** The server that stacks of tests start: see its own text for what it can be told. */
export const SERVER: string = fileURLToPath(new URL("./boot-server.js", import.meta.url));

/** A folder with a stack file, and a home of its own for what sonde remembers. */
export class Project {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), "sonde-stack-"));
  readonly home: string = path.join(this.folder, ".home");
  readonly #env: Readonly<Record<string, string>>;

  /** `env`: what commands get besides; a `PATH` there takes the place of ours. */
  constructor(stack: string, env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
    mkdirSync(this.home);
    this.write("services.yaml", stack);
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  /** Runs the command to its end, in this folder. */
  discover(...argv: string[]): Promise<Finished> {
    return ended(this.begin(...argv));
  }

  begin(...argv: string[]): ReturnType<typeof start> {
    return start(argv, { cwd: this.folder, env: { HOME: this.home, ...this.#env } });
  }

  /** Takes the folder away; what was started from it must have ended. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The document of a command with `--output=json`, and its exit status. */
  async json(...argv: string[]): Promise<{ code: number | null; document: unknown; stderr: string }> {
    const { code, stdout, stderr } = await this.discover(...argv, "--output=json");
    if (stdout === "") throw new Error(`${argv.join(" ")}: no document: ${stderr}`);
    return { code, document: JSON.parse(stdout), stderr };
  }
}

const EXAMPLES = new URL("../../fixtures/stacks/", import.meta.url);

/** A project with a copy of an example's folder. */
export function projectLike(example: string, env?: Readonly<Record<string, string>>): Project {
  const from = fileURLToPath(new URL(example, EXAMPLES));
  const project = new Project(readFileSync(path.join(from, "services.yaml"), "utf8"), env);
  cpSync(from, project.folder, { recursive: true });
  return project;
}

/** The processes whose command line holds a text, by /proc. */
export function processesOf(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && commandLineOf(pid).includes(text));
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
