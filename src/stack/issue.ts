import type { Fault } from "./fault.ts";

/** What the schema has against a value, as far as we read it (zod's issues are so). */
export interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Of a key that is not known. */
  readonly keys?: readonly string[];
  /** What each member of a union has against the value. */
  readonly errors?: readonly (readonly Issue[])[];
  /** What the schema of keys has against a key. */
  readonly issues?: readonly Issue[];
}

/** The faults that issues stand for, each with its own path. */
export function faultsOf(issues: readonly Issue[]): Fault[] {
  const faults = issues.flatMap((issue) => faultsOfOne(issue));
  return faults.filter((fault) => !isAnothersTypo(fault, faults));
}

function faultsOfOne(issue: Issue): Fault[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const under = (faults: readonly Fault[]): Fault[] =>
    faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
  if (issue.keys !== undefined) {
    const reasons = issue.message.split("\n");
    return issue.keys.map((key, at) => ({ path: [...path, key], why: reasons[at] ?? "", isKey: true }));
  }
  if (issue.issues !== undefined) return [{ path, why: issue.issues[0]?.message ?? "", isKey: true }];
  const meant = issue.message === "" ? likeliest(issue.errors ?? []) : undefined;
  return meant === undefined ? [{ path, why: issue.message }] : under(meant);
}

/** What the member of a union says that was meant: the value is of its kind, and it has the least against it. */
function likeliest(errors: readonly (readonly Issue[])[]): Fault[] | undefined {
  const fitting = errors.filter((issues) => !issues.some(isAgainstKind));
  const [meant] = (fitting.length > 0 ? fitting : errors)
    .map((issues) => faultsOf(issues))
    .toSorted((one, other) => one.length - other.length);
  return meant;
}

/** It is the value itself that is of another kind, not something in it. */
function isAgainstKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}

/** What is missing is not named where a key beside it is taken for it. */
function isAnothersTypo({ path, why }: Fault, faults: readonly Fault[]): boolean {
  if (why !== MISSING) return false;
  const isBeside = (other: Fault): boolean =>
    other.path.length === path.length && path.slice(0, -1).every((step, at) => other.path[at] === step);
  return faults.some(
    (other) =>
      other.isKey === true &&
      isBeside(other) &&
      typeof other.why === "string" &&
      other.why.includes(`'${String(path.at(-1))}'`),
  );
}

export const MISSING = "is missing";
