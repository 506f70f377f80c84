import { interruptCode } from "../exit-code.ts";
import type { InterruptSignal } from "./io.ts";

const SIGNALS: readonly InterruptSignal[] = ["SIGINT", "SIGTERM"];

/**
 * Ends the process with `code`, whatever it still has to do. What is on its way into a pipe is lost: flush first.
 *
 * `process.exit()` waits for Node's pool of threads, and a look-up or a read that got stuck there cannot be called off:
 * a silent name server would hold the process for 10 s and more. So where a thread is busy, and Node can do it, the
 * process becomes another program, which the kernel ends all threads for; otherwise a signal's exit status is had by
 * dying of that signal. Only a status of another kind, on a Node before 22.15, has to wait, and Ctrl-C ends that.
 */
export function leave(code: number): void {
  // From here on a signal does what it does to any process.
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  if (process.platform !== "win32" && aThreadIsBusy()) {
    process.exitCode = code;
    replaceProcess(code);
    const signal = SIGNALS.find((one) => interruptCode(one) === code);
    if (signal !== undefined) process.kill(process.pid, signal);
  }
  process.exit(code);
}

function aThreadIsBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(?:FSReq|GetAddrInfo|GetNameInfo)/.test(name));
}

/** Returns where that cannot be done. */
function replaceProcess(code: number): void {
  const execve: unknown = Reflect.get(process, "execve");
  if (typeof execve !== "function") return;
  const argv = [process.execPath, "--eval", `process.exitCode = ${code}`];
  try {
    Reflect.apply(execve, process, [process.execPath, argv, { ...process.env, NODE_OPTIONS: "" }]);
  } catch {
    // Node's permissions forbid it.
  }
}
