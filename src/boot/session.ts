import type { BootedService } from "../model/boot.ts";
import type { Decision, Plan } from "../model/plan.ts";
import type { Requirement, Stack } from "../model/stack.ts";
import type { BootEnd } from "./boot-end.ts";
import type { ComposeContext } from "./compose.ts";
import type { BootOptions } from "./options.ts";
import type { State } from "./state.ts";
import { type InstanceName, tokenPrefix } from "./token.ts";

/** Something that this boot started, and how it is stopped again. */
export interface Started extends InstanceName {
  /** Whether there is anything to be stopped, and not only to be put away. */
  hasBegun(): boolean;
  /** Whether it is known to run no more. */
  hasEnded(): boolean;
  /** Resolves to what could not be done; undefined where it is stopped. */
  undo(): Promise<string | undefined>;
}

/** A decision, with what the stack says of its service. */
export interface Task extends Decision {
  readonly requirement: Requirement;
}

/** A boot under way. Its stack's lock is held. */
export interface Session {
  readonly stack: Stack;
  readonly tasks: readonly Task[];
  readonly options: BootOptions;
  readonly state: State;
  readonly end: BootEnd;
  /** What all its tokens begin with. */
  readonly prefix: string;
  /** By `keyOf`. */
  readonly results: Map<string, BootedService>;
  /** In the order in which they were started. */
  readonly started: Started[];
  readonly warnings: string[];
  /** What Compose is called here; undefined where it is not there, or nobody needs it. */
  composeProgram: readonly string[] | undefined;
}

export function keyOf({ service, instance }: InstanceName): string {
  return `${service}#${instance}`;
}

export function newSession(
  stack: Stack,
  plan: Plan,
  { options, state, end, warnings }: Pick<Session, "options" | "state" | "end" | "warnings">,
): Session {
  const byName = new Map(stack.services.map((one) => [one.name, one]));
  const tasks = plan.decisions.flatMap((decision) => {
    const requirement = byName.get(decision.service);
    return requirement === undefined ? [] : [{ ...decision, requirement }];
  });
  const prefix = tokenPrefix(options.folder);
  const composeProgram = undefined;
  return {
    stack,
    tasks,
    options,
    state,
    end,
    prefix,
    results: new Map(),
    started: [],
    warnings,
    composeProgram,
  };
}

/** Remembers what became of a task, and tells of it. */
export function settle(session: Session, result: BootedService): void {
  session.results.set(keyOf(result), result);
  session.options.onEvent?.({ event: "done", result });
}

export function unsettled(session: Session): Task[] {
  return session.tasks.filter((task) => !session.results.has(keyOf(task)));
}

export function composeContext(session: Session): ComposeContext {
  return { env: session.options.env, signal: session.end.signal };
}
