import type { Requirement } from "../model/stack.ts";

/** Names in groups, each group after those before it; those that depend on each other in a circle make the last one. */
export function orderOf(requirements: readonly Requirement[]): {
  readonly groups: readonly (readonly string[])[];
  readonly circle: readonly string[];
} {
  const names = new Set(requirements.map(({ name }) => name));
  const done = new Set<string>();
  const groups: string[][] = [];
  for (;;) {
    const group = requirements
      .filter(
        ({ name, dependsOn }) =>
          !done.has(name) && dependsOn.every((other) => done.has(other) || !names.has(other)),
      )
      .map(({ name }) => name);
    if (group.length === 0) break;
    groups.push(group);
    for (const name of group) done.add(name);
  }
  const circle = requirements.map(({ name }) => name).filter((name) => !done.has(name));
  return { groups: circle.length === 0 ? groups : [...groups, circle], circle };
}
