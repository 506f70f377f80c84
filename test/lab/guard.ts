import { networkInterfaces } from "node:os";

/** How much of a machine the lab's world is: see lab-exec.sh. */
export type LabMode = "root" | "rootless-multi" | "rootless";

/** The mode of the world we are in; undefined outside of one. */
export function labMode(): LabMode | undefined {
  const mode = process.env["LAB_MODE"];
  return mode === "root" || mode === "rootless-multi" || mode === "rootless" ? mode : undefined;
}

/**
 * Throws unless we are inside lab-exec.sh with nothing but lo: a lab puts up bridges, firewall rules and hostile
 * servers, none of which may ever touch the machine's own network.
 */
export function insideLab(): LabMode {
  const mode = labMode();
  if (mode === undefined) throw new Error("a lab runs inside test/lab/lab-exec.sh, and only there");
  const others = Object.keys(networkInterfaces()).filter((name) => name !== "lo");
  if (others.includes("br0")) throw new Error("another lab is open: close it first");
  if (others.length > 0)
    throw new Error(`a lab wants a network with nothing but lo, and sees ${others.join(", ")}`);
  return mode;
}
