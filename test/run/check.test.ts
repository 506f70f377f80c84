import { describe, expect, test } from "vitest";

import type { WatchOptions } from "../../src/model/watch.ts";
import { checkOptions } from "../../src/run/check.ts";

/** As they come from callers without types. */
function isOptions(value: unknown): value is WatchOptions {
  return typeof value === "object" && value !== null;
}

function refusalOf(options: unknown): unknown {
  if (!isOptions(options)) throw new Error("no options");
  try {
    checkOptions(options);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("options", () => {
  test("that make sense are let be", () => {
    const switches = { sparse: false, direct: true, identify: false };
    expect(
      refusalOf({ ...switches, checkpoint: "run.journal", threads: 4, timeoutMs: 0.5e3 }),
    ).toBeUndefined();
    expect(refusalOf({ sparse: undefined, checkpoint: undefined, threads: undefined })).toBeUndefined();
  });

  test.each([
    [{ threads: 65 }, "threads is 65: it takes a number from 1 to 64"],
    [{ threads: "4" }, 'threads is the text "4": it takes a number from 1 to 64'],
    [{ rate: null }, "rate is null: it takes a number from 1 to 1000000"],
    [{ sparse: "no" }, 'sparse is the text "no": it takes true or false'],
    [{ direct: 0 }, "direct is 0: it takes true or false"],
    [{ identify: null }, "identify is null: it takes true or false"],
    [{ checkpoint: "" }, 'checkpoint is the text "": it takes the name of a file'],
    [{ checkpoint: true }, "checkpoint is true: it takes the name of a file"],
  ])("that make none are refused in a line: %j", (options, message) => {
    expect(refusalOf(options)).toMatchObject({ code: "bad-option", message });
  });
});
