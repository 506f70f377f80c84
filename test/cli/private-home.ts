import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let home: string | undefined;

/** A home folder of this process alone, gone when it ends: no test reads or writes what is its user's own. */
export function privateHome(): string {
  if (home === undefined) {
    const made = mkdtempSync(join(tmpdir(), "sonde-home-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    home = made;
  }
  return home;
}
