import type { DocumentPath } from "../document/node.ts";
import { nearest, suggestion } from "../model/nearest.ts";
import { type Placeholder, placeholdersIn } from "../model/placeholders.ts";
import type { Requirement } from "../model/stack.ts";
import type { Fault } from "./fault.ts";
import { quoted } from "./wording.ts";

const OF_OTHERS = ["host", "port", "url"] as const;

/** Placeholders in commands and variables that name nothing. */
export function placeholderFaults(services: readonly Requirement[]): Fault[] {
  const names = new Set(services.map(({ name }) => name));
  return services.flatMap((service) =>
    textsOf(service).flatMap(({ path, text }) =>
      placeholdersIn(text).flatMap((placeholder): Fault[] => {
        const why = faultOf(placeholder, service, names);
        return why === undefined ? [] : [{ path, why: `${quoted(placeholder.text)} ${why}` }];
      }),
    ),
  );
}

function textsOf({ name, start }: Requirement): { readonly path: DocumentPath; readonly text: string }[] {
  if (start?.kind !== "command") return [];
  const path = ["services", name, "start"];
  return [
    ...start.argv.map((text, at) => ({ path: [...path, "command", at], text })),
    ...Object.entries(start.env).map(([key, text]) => ({ path: [...path, "env", key], text })),
  ];
}

function faultOf(
  { name }: Placeholder,
  service: Requirement,
  names: ReadonlySet<string>,
): string | undefined {
  if (name === undefined) return "does not end; '${' itself is written '$${'";
  const own = ownFault(name, service);
  if (own !== "unknown") return own;
  if (names.has(name)) return `is a service; of it there are ${OF_OTHERS.join(", ")}: '\${${name}.url}'`;
  const [, other, part = ""] = /^([^.]+)\.(.*)$/s.exec(name) ?? [];
  if (other === undefined || !names.has(other)) return `names nothing${near(name, service)}`;
  if (!service.dependsOn.includes(other)) return `${other} is not in dependsOn`;
  return OF_OTHERS.some((known) => known === part)
    ? undefined
    : `of another service there are ${OF_OTHERS.join(", ")}${suggestion(part, OF_OTHERS)}`;
}

function near(name: string, { dependsOn }: Requirement): string {
  const others = dependsOn.flatMap((one) => OF_OTHERS.map((of) => `${one}.${of}`));
  const meant = nearest(name, ["port", "host", ...others]);
  return meant === undefined ? "; '${' itself is written '$${'" : ` — did you mean '\${${meant}}'?`;
}

/** `port`, `port.2` and `host` are the service's own; `unknown`: it is none of these. */
function ownFault(name: string, { ports }: Requirement): string | undefined {
  if (name === "port" || name === "host") return undefined;
  const [, digits] = /^port\.(\d{1,9})$/.exec(name) ?? [];
  if (digits === undefined) return "unknown";
  const count = ports?.kind === "fixed" ? ports.ports.length : 1;
  const nth = Number(digits);
  if (nth >= 1 && nth <= count && String(nth) === digits) return undefined;
  return count === 1 ? "the service has one port" : `the service has ${count} ports, counted from 1`;
}
