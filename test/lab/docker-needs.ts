import { accessSync, constants, readFileSync } from "node:fs";

import { labMode } from "./guard.ts";
import { missingPrograms } from "./programs.js";

const PROGRAMS = ["dockerd", "docker", "docker-compose", "containerd", "runc", "busybox", "iptables", "tar"];

/** Why there can be no Docker in this world, in one line; undefined where nothing speaks against it. */
export function whyNoDocker(): string | undefined {
  const mode = labMode();
  if (mode !== "root") return `it needs true root, and this world is ${mode ?? "no lab"}`;
  const missing = missingPrograms(PROGRAMS);
  if (missing.length > 0) {
    const packages = new Set(missing.map(({ debian }) => debian));
    return `${missing.map(({ name }) => name).join(", ")} not installed (Debian: apt install ${[...packages].join(" ")})`;
  }
  return cgroupFolders().some(isWritable) ? undefined : "it needs cgroups that may be written to";
}

/** Where hierarchies of cgroups are mounted: one (cgroup v2), one for each controller (v1), or both. */
export function cgroupFolders(): string[] {
  // proc_pid_mounts(5), as fstab(5) has it: device, folder, type …
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return mounts.flatMap((line) => {
    const [, folder = "", type] = line.split(" ");
    return type === "cgroup" || type === "cgroup2" ? [folder] : [];
  });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
