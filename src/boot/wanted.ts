import type { Session, Task } from "./session.ts";
import type { Look, Wanted } from "./tools.ts";

/** What a look must find to be content. */
export function wantedOf({ type, requirement }: Task): Wanted {
  const { version, health } = requirement;
  return {
    type,
    ...(version === undefined ? {} : { version }),
    ...(health.path === undefined ? {} : { healthPath: health.path }),
  };
}

/** One look at a task's service at that place. */
export function lookAt(
  at: { readonly address: string; readonly port: number },
  task: Task,
  { options }: Session,
): (signal: AbortSignal) => Promise<Look> {
  const wanted = wantedOf(task);
  return (signal) => options.tools.look(at, wanted, signal);
}
