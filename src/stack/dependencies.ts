import { suggestion } from "../model/nearest.ts";
import type { Requirement } from "../model/stack.ts";
import { circleIn } from "./circle.ts";
import type { Fault } from "./fault.ts";
import { quoted } from "./wording.ts";

/** Circles longer than this are told by their ends. */
const MOST_SHOWN = 10;

/** What is wrong with the order that services want among themselves. */
export function dependencyFaults(services: readonly Requirement[]): Fault[] {
  const names = new Set(services.map(({ name }) => name));
  const faults = services.flatMap(({ name, dependsOn }) =>
    dependsOn.flatMap((other, at): Fault[] => {
      const why = faultOf(other, name, dependsOn.indexOf(other) < at, names);
      return why === undefined ? [] : [{ path: ["services", name, "dependsOn", at], why }];
    }),
  );
  return [...faults, ...circleFaults(services)];
}

function faultOf(
  other: string,
  own: string,
  isAgain: boolean,
  names: ReadonlySet<string>,
): Fault["why"] | undefined {
  if (other === own) return "a service cannot depend on itself";
  if (isAgain) return `${quoted(other)} is there twice`;
  if (names.has(other)) return undefined;
  return () => `no such service: ${quoted(other)}${suggestion(other, names)}`;
}

/** One circle at a time: where there is one, others may be the same one in part. */
function circleFaults(services: readonly Requirement[]): Fault[] {
  const circle = circleIn(
    new Map(services.map(({ name, dependsOn }) => [name, dependsOn.filter((other) => other !== name)])),
  );
  const [name, next] = circle ?? [];
  const own = services.find((service) => service.name === name);
  if (circle === undefined || own === undefined || next === undefined) return [];
  const path = ["services", own.name, "dependsOn", own.dependsOn.indexOf(next)];
  return [{ path, why: `the services wait for each other: ${wayText(circle)}` }];
}

function wayText(circle: readonly string[]): string {
  const shown =
    circle.length <= MOST_SHOWN ? circle : [...circle.slice(0, MOST_SHOWN - 2), "…", ...circle.slice(-1)];
  return shown.join(" -> ");
}
