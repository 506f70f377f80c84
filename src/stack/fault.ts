import type { DocumentFault, DocumentNode, DocumentPath, Position } from "../document/node.ts";
import { reach } from "../document/node.ts";
import { DiscoverError } from "../model/errors.ts";
import { printable } from "../output/printable.ts";
import { shown } from "../targets/token.ts";

/** One thing that is wrong in a stack file. */
export interface Fault {
  readonly path: DocumentPath;
  /** Asked for only where it is told: to find what is near takes time, and there may be many. */
  readonly why: string | (() => string);
  /** True: it is the key, and not what stands behind it. */
  readonly isKey?: boolean;
}

/** The error for faults: the first by its place in the file, in one line, and how many more there are. */
export function badStack(file: string, top: DocumentNode, faults: readonly Fault[]): DiscoverError {
  const [first] = faults
    .map((fault) => placedIn(top, fault))
    .toSorted((one, other) => one.at.line - other.at.line || one.at.column - other.at.column);
  if (first === undefined) return unreadable(file, { line: 1, column: 1, fault: "is no stack" });
  const name = pathText(first.path);
  const why = typeof first.why === "string" ? first.why : first.why();
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return unreadable(file, { ...first.at, fault: `${name}${name === "" ? "" : ": "}${why}${more}` });
}

function placedIn(top: DocumentNode, { path, why, isKey = false }: Fault): Fault & { readonly at: Position } {
  const reached = reach(top, path);
  // A shorthand has no members: what is said of one is said of it. What is missing stands at what it is missing in.
  const isShorthand = reached.node.kind === "scalar";
  const isMissing = reached.path.length < path.length && !isShorthand;
  const at = isKey || isMissing ? reached.keyAt : reached.node.at;
  return { path: isShorthand ? reached.path : path, why, at };
}

/** The error for a file that is no document, or the same for one fault. */
export function unreadable(file: string, { line, column, fault }: DocumentFault): DiscoverError {
  return new DiscoverError("bad-stack", `${shown(file)} line ${line}, column ${column}: ${printable(fault)}`);
}

/** `services.api.dependsOn[1]`, from 0 as jq counts. */
function pathText(path: DocumentPath): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : `${at > 0 ? "." : ""}${shown(step)}`))
    .join("");
}
