import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";

import { installed, run } from "./command.ts";

/** An image of nothing but busybox: `httpd`, `nc`, `sh` and whatever else it has. */
export const IMAGE = "sonde-lab-busybox";

/** Makes the image, without any registry, and tries whether a container of it runs; `runWith` runs Docker's client. */
export async function makeImage(runWith: typeof run, folder: string): Promise<void> {
  const archive = path.join(folder, "image.tar");
  await run(["tar", "--create", `--file=${archive}`, `--directory=${await makeRoot(folder)}`, "."]);
  await runWith(["docker", "import", "--change", "ENV PATH=/bin", archive, IMAGE]);
  await runWith(["docker", "run", "--rm", "--network=none", IMAGE, "true"]);
}

async function makeRoot(folder: string): Promise<string> {
  const root = path.join(folder, "image");
  const programs = path.join(root, "bin");
  for (const one of [programs, path.join(root, "etc"), path.join(root, "tmp")])
    mkdirSync(one, { recursive: true });
  const busybox = installed("busybox");
  copyFileSync(busybox, path.join(programs, "busybox"));
  const applets = (await run([busybox, "--list"])).split("\n");
  for (const applet of applets) {
    if (applet !== "" && applet !== "busybox") symlinkSync("busybox", path.join(programs, applet));
  }
  return root;
}
