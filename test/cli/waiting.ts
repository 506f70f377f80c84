import { tmpdir } from "node:os";

import { type Finished, ended, start } from "./built.ts";

/** A `discover wait` that runs, as it is installed. */
export interface Waiting {
  /** Resolves when standard error has said it. */
  said(text: string): Promise<void>;
  readonly end: Promise<Finished>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts it with `--debug`: it tells of every look. */
export function wait(...argv: string[]): Waiting {
  const child = start(["wait", ...argv, "--debug"], { cwd: tmpdir() });
  const end = ended(child);
  let text = "";
  const listeners = new Set<() => void>();
  child.stderr.on("data", (chunk: string) => {
    text += chunk;
    for (const listener of listeners) listener();
  });
  return {
    end,
    kill: (signal) => void child.kill(signal),
    said: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => void (text.includes(wanted) && resolve());
        listeners.add(look);
        end.then(({ stderr }) => reject(new Error(`it never said ${wanted}: ${stderr}`)), reject);
        look();
      }),
  };
}
