import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A stand-in for Docker: programs in a folder of their own, which note what they are asked. */
export interface FakeDocker {
  /** What PATH has to be. */
  readonly path: string;
  /** What was asked, one line each, without `-f` and the file. */
  asked(): string[];
  /** Names of services that run. */
  running(): string[];
  run(service: string): void;
}

/** `docker compose`, or the program that was there before it; `broken` writes that to stderr and fails. */
export function fakeDocker(
  folder: string,
  {
    as = "docker",
    broken = "",
    port,
  }: { as?: "docker" | "docker-compose"; broken?: string; port?: number } = {},
): FakeDocker {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const [log, running] = [join(folder, "asked"), join(folder, "running")];
  for (const file of [log, running]) writeFileSync(file, "");
  const shift = as === "docker" ? '[ "$1" = compose ] || exit 1; shift' : "";
  const script = `#!/bin/sh
${shift}
if [ "$1" = version ]; then exit 0; fi
if [ "$1" = -p ]; then project="$2 "; shift 2; fi
[ "$1" = -f ] || exit 9
file=$2; shift 2
echo "$project$*" >> ${log}
${broken === "" ? "" : `echo '${broken}' >&2; exit 1`}
[ -f "$file" ] || { echo "no such file: $file" >&2; exit 14; }
for last; do :; done
case "$1" in
  ps) if [ "$2" = --services ]; then cat ${running}; else echo "x_1  up  0.0.0.0:${port ?? 0}->80/tcp, :::${port ?? 0}->80/tcp"; fi ;;
  up) if [ "$last" = bad ]; then echo "pull access denied" >&2; exit 18; fi; echo "$last" >> ${running} ;;
  stop) grep -vx "$last" ${running} > ${running}.new; mv ${running}.new ${running} ;;
  rm) ;;
  logs) echo "x_1 | said the container" ;;
  *) exit 7 ;;
esac
`;
  writeFileSync(join(bin, as), script, { mode: 0o755 });
  return {
    // Without the folders that a real one may be in.
    path: bin,
    asked: () => linesOf(log),
    running: () => linesOf(running),
    run: (service) => writeFileSync(running, [...linesOf(running), service, ""].join("\n")),
  };
}

function linesOf(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").filter(Boolean);
}
