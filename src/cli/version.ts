import { readFileSync } from "node:fs";

/** The version in package.json, which stands above this file's folder, built or not. */
export function packageVersion(): string {
  for (let at = new URL("../", import.meta.url); ; at = new URL("../", at)) {
    const found = versionIn(new URL("package.json", at));
    if (found !== undefined) return found;
    if (at.pathname === "/") throw new Error("sonde's package.json is not where it should be");
  }
}

function versionIn(file: URL): string | undefined {
  try {
    const { name, version }: { name?: unknown; version?: unknown } = JSON.parse(readFileSync(file, "utf8"));
    return name === "sonde" && typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
