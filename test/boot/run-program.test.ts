import { describe, expect, test } from "vitest";

import { runProgram } from "../../src/boot/run-program.ts";

const options = {
  cwd: "/",
  env: { PATH: process.env["PATH"] },
  timeoutMs: 60_000,
  signal: new AbortController().signal,
};

describe("a program that is run to its end", () => {
  test("is told with its status and what it wrote", async () => {
    expect(await runProgram(["sh", "-c", "echo out; echo err >&2; exit 3"], options)).toEqual({
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  test("has no input", async () => {
    expect(await runProgram(["cat"], options)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("keeps the end of what it wrote, and no more", async () => {
    const { stdout } = await runProgram(["sh", "-c", "yes | head -c 1000000; echo the end"], options);
    expect(stdout.length).toBe(64_000);
    expect(stdout.endsWith("the end\n")).toBe(true);
  });

  test("that is not there is a fault", async () => {
    expect(await runProgram(["no-such-program"], options)).toMatchObject({
      code: null,
      fault: expect.stringContaining("ENOENT"),
    });
  });

  test("is ended when its time is over, though what it started holds on to its output", async () => {
    const script = "sleep 60 & echo $!; wait";
    const ran = await runProgram(["sh", "-c", script], { ...options, timeoutMs: 300 });
    process.kill(Number(ran.stdout), "SIGKILL");
    expect(ran).toMatchObject({ code: null, fault: "it took longer than 0.3 s" });
  });

  test("is ended when it is called off", async () => {
    const signal = AbortSignal.abort();
    const ran = await runProgram(["sleep", "60"], { ...options, signal });
    expect(ran).toMatchObject({ code: null, fault: "it was called off" });
  });

  test("is told by the signal that ended it", async () => {
    const ran = await runProgram(["sh", "-c", "kill -TERM $$"], options);
    expect(ran).toMatchObject({ code: null, fault: "it was ended by SIGTERM" });
  });
});
