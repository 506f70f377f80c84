import { run } from "./command.ts";
import { labMode } from "./guard.ts";

/** PostgreSQL refuses to run as root. Its package brings this user. */
const USER = "postgres";

/** The command that runs `argv` as somebody who is not root in this world. */
export function unprivileged(argv: readonly string[]): string[] {
  if (labMode() === "root") {
    return ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--", ...argv];
  }
  // Our root is an ordinary user in truth: a user namespace more, and it is one again.
  const { LAB_REAL_UID: uid, LAB_REAL_GID: gid } = process.env;
  return ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`, "--", ...argv];
}

/** Hands a folder to that somebody. */
export async function handOver(folder: string): Promise<void> {
  if (labMode() === "root") await run(["chown", "--recursive", `${USER}:`, folder]);
}
