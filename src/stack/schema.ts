import { z } from "zod";

import { DURATION_PATTERN, parseDuration } from "../model/duration.ts";
import type { JsonObject } from "../model/json.ts";
import { isObject } from "../model/json.ts";
import { SIZE_PATTERN, parseSize } from "../model/size.ts";
import { BASE_PORT, HEALTH_TIMEOUT_MS, PLACEMENT_STRATEGIES } from "../model/stack.ts";
import type { HealthSpec, Needs, Placement, PortChoice, StartSpec } from "../model/stack.ts";
import type { Fault } from "./fault.ts";
import type { HostEntry, ServiceEntry, StackFile } from "./file.ts";
import { faultsOf } from "./issue.ts";
import { A_WORD, quoted, unknownKeys, wrongKind, wrongWord } from "./wording.ts";
import {
  NAME_PATTERN,
  NAME_RULE,
  PATH_PATTERN,
  PLACEMENT_PATTERN,
  USER_PATTERN,
  VARIABLE_PATTERN,
  WITHOUT_NUL,
  placementFault,
  placementOf,
} from "./words.ts";

/** Of one file. Each is held against the others. */
const MOST_SERVICES = 1000;
const MOST_HOSTS = 1000;

type Issue = z.core.$ZodRawIssue;

/** What a schema is told to say: zod's own words are for programmers. */
interface Saying {
  readonly error: (issue: Issue) => string;
}

/** For a value that is not what the schema wants. */
const must = (what: string): Saying => ({ error: ({ input }) => wrongKind(what, input) });

/** The same of a union; where the value is of one of these kinds, what the member of that kind says is told. */
const oneOf = (what: string, ...kinds: readonly (keyof typeof IS_OF_KIND)[]): Saying => ({
  error: ({ input }) => (kinds.some((kind) => IS_OF_KIND[kind](input)) ? "" : wrongKind(what, input)),
});

const IS_OF_KIND = {
  text: (value: unknown) => typeof value === "string",
  number: (value: unknown) => typeof value === "number",
  list: (value: unknown) => Array.isArray(value),
  mapping: (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value),
} as const;

/** A mapping that has these members and no others. */
function mapping<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? unknownKeys(issue.keys, Object.keys(shape))
        : wrongKind(what, issue.input),
  });
}

const text = (what: string): z.ZodString => z.string(must(what));

/** Text; the document gives numbers as they were written. */
const word = (what: string): z.ZodType<string> =>
  z.union([text(what), z.number().transform(String)], must(what));

const safeWord = (what: string): z.ZodType<string> =>
  z.union(
    [
      text(what).regex(WITHOUT_NUL, "has a NUL character, which no process can be given"),
      z.number().transform(String),
    ],
    oneOf(what, "text"),
  );

/** A text or number, read by one of our parsers. */
function measured(
  what: string,
  pattern: RegExp,
  parse: (text: string) => number | { readonly fault: string },
): z.ZodType<number, string | number> {
  const whyNot = (given: unknown): string | undefined => {
    const read = parse(String(given));
    return typeof read === "number" ? undefined : `${quoted(String(given))}: ${read.fault}`;
  };
  const check = (issue: Issue): string => whyNot(issue.input) ?? "";
  const readable = (given: string | number): boolean => whyNot(given) === undefined;
  return z
    .union(
      [
        z.string().refine(readable, { error: check }).meta({ pattern: pattern.source }),
        z.number().refine(readable, { error: check }).meta({ minimum: 0 }),
      ],
      oneOf(what, "text", "number"),
    )
    .transform((given) => {
      const read = parse(String(given));
      return typeof read === "number" ? read : 0;
    });
}

const NEEDS_MEMBERS = {
  cpu: z
    .number(must("a number of cores"))
    .min(0, "must be 0 cores or more")
    .max(100_000, "must be 100000 cores or fewer")
    .describe("Cores, in parts if need be: 0.5.")
    .exactOptional(),
  memory: measured("a size such as 64Gi, 512Mi or plain bytes", SIZE_PATTERN, parseSize)
    .describe("A size: 64Gi, 512Mi, 1.5G or plain bytes.")
    .exactOptional(),
  gpu: z
    .union(
      [
        z.boolean(),
        z
          .int(must("a whole number of GPUs, or true"))
          .min(0, "must be 0 GPUs or more")
          .max(100_000, "must be 100000 GPUs or fewer"),
      ],
      oneOf("a whole number of GPUs, or true"),
    )
    .transform(Number)
    .describe("GPUs; true: one.")
    .exactOptional(),
};

const NEEDS: z.ZodType<Needs> = mapping("a mapping of cpu, memory and gpu", NEEDS_MEMBERS).transform(
  ({ memory, ...others }) => (memory === undefined ? others : { ...others, memoryBytes: memory }),
);

const LABELS: z.ZodType<Record<string, string>> = z.record(
  z.string().min(1, "a label must have a name"),
  word(A_WORD),
  must("a mapping of labels to words"),
);

const A_PORT = must("a port, 1 to 65535");

const PORT: z.ZodType<number> = z.int(A_PORT).min(1, A_PORT).max(65_535, A_PORT);

const PORT_WORDS = "a port, a list of ports, auto or { from: PORT }";

const PORTS: z.ZodType<PortChoice> = z.union(
  [
    PORT.transform((port) => ({ kind: "fixed" as const, ports: [port] })),
    z
      .array(PORT)
      .min(1, "must name at least one port")
      .superRefine((ports, context) => {
        const seen = new Set<number>();
        for (const [at, port] of ports.entries()) {
          if (seen.has(port))
            context.addIssue({ code: "custom", path: [at], message: `the port ${port} is there twice` });
          seen.add(port);
        }
      })
      .meta({ uniqueItems: true })
      .transform((ports) => ({ kind: "fixed" as const, ports })),
    z.literal("auto", must(PORT_WORDS)).transform(() => ({ kind: "auto" as const, from: BASE_PORT })),
    mapping("a mapping of from", { from: PORT.describe("The first port that is tried.") }).transform(
      ({ from }) => ({ kind: "auto" as const, from }),
    ),
  ],
  oneOf(PORT_WORDS, "number", "list", "mapping"),
);

const HEALTH: z.ZodType<HealthSpec, { http?: string; timeout?: string | number }> = mapping(
  "a mapping of http and timeout",
  {
    http: text("a path that begins with /")
      .regex(PATH_PATTERN, "must be a path that begins with / and has no blanks")
      .describe("Asked with GET over HTTP: 2xx is well. Absent: it must answer as its type does.")
      .exactOptional(),
    timeout: measured("a duration such as 10s, or seconds", DURATION_PATTERN, parseDuration)
      .describe("How long it may take to come up: 500ms, 10s, 1m or seconds.")
      .exactOptional(),
  },
).transform(({ http, timeout = HEALTH_TIMEOUT_MS }) =>
  http === undefined ? { timeoutMs: timeout } : { path: http, timeoutMs: timeout },
);

const COMMAND: z.ZodType<StartSpec> = mapping("a mapping of command, env and cwd", {
  command: z
    .array(safeWord(A_WORD), must("a list, the program and its arguments"))
    .min(1, "must name a program")
    .refine(([program]) => program !== "", { path: [0], error: "must name a program" })
    .describe(
      "The program and its arguments, without a shell; ${port}, ${host}, ${other.url} are filled in.",
    ),
  env: z
    .record(
      z.string().regex(VARIABLE_PATTERN, "no variable can be called so"),
      safeWord(A_WORD),
      must("a mapping of variables to words"),
    )
    .default({})
    .describe("Variables besides those of who starts it; placeholders as in command."),
  cwd: text("a folder")
    .min(1, "must be a folder")
    .regex(WITHOUT_NUL, "has a NUL character, which no path can have")
    .default(".")
    .describe("Where it is started, from the stack file's folder."),
}).transform(({ command, env, cwd }) => ({ kind: "command" as const, argv: command, env, cwd }));

const COMPOSE: z.ZodType<StartSpec> = mapping("a mapping of compose and service", {
  compose: text("a compose file")
    .min(1, "must name a compose file")
    .regex(WITHOUT_NUL, "has a NUL character, which no path can have")
    .describe("The compose file, from the stack file's folder."),
  service: text("a service of the compose file")
    .regex(/^[A-Za-z0-9][\w.-]*$/, "must be a service of the compose file")
    .describe("The service in it."),
}).transform(({ compose, service }) => ({ kind: "compose" as const, file: compose, service }));

const COUNTED = must("a whole number from 1 up");

const START: z.ZodType<StartSpec> = z.union([COMMAND, COMPOSE], {
  error: ({ input }) => {
    if (typeof input !== "object" || input === null || Array.isArray(input))
      return wrongKind("{ command: [program, argument] } or { compose: file, service: name }", input);
    const keys = Object.keys(input);
    if (keys.includes("command") && keys.includes("compose")) return "has both command and compose; keep one";
    const hasNone = keys.every((key) => key === "env" || key === "cwd" || key === "service");
    return hasNone ? "needs command, or compose and service" : "";
  },
});

const PLACEMENT: z.ZodType<Placement, string> = z
  .string(must("a placement"))
  .regex(PLACEMENT_PATTERN, { error: ({ input }) => placementFault(String(input)) })
  .transform(placementOf);

const SERVICE: z.ZodType<ServiceEntry> = mapping("a placement or a mapping", {
  placement: PLACEMENT.prefault("auto").describe(
    "local: here. remote@host: there. discovered: wherever it is found, never started. auto: wherever it is found, else started where it fits best.",
  ),
  type: text("a type of the catalog")
    .describe(
      "A type, product or category of the catalog. Absent: the service's name, where that is one; else http.",
    )
    .exactOptional(),
  version: word('a version or a range such as ">=6 <8"')
    .describe('A version or a range, as npm writes it: ">=6 <8".')
    .exactOptional(),
  required: z
    .boolean(must("true or false"))
    .default(true)
    .describe("Whether the stack is of no use without it."),
  replicas: z
    .int(COUNTED)
    .min(1, COUNTED)
    .max(1000, "must be 1000 or fewer")
    .default(1)
    .describe("How many, each on a host of its own."),
  needs: NEEDS.default({}).describe("What it takes of a host."),
  labels: LABELS.default({}).describe("Labels that its host must have."),
  ports: PORTS.describe(
    "The ports it is started on; auto: the next free one. Absent: those usual for its type.",
  ).exactOptional(),
  dependsOn: z
    .array(text("the name of a service"), must("a list of services"))
    .max(MOST_SERVICES, `must be ${MOST_SERVICES} or fewer`)
    .default([])
    .meta({ uniqueItems: true })
    .describe("Services that must be there before it."),
  health: HEALTH.prefault({}).describe("When it counts as being there."),
  start: START.describe("How it is started. Absent: it cannot be started from here.").exactOptional(),
});

const SHORTHAND_OR_SERVICE: z.ZodType<ServiceEntry> = z
  .union(
    [PLACEMENT.transform((placement) => ({ ...SERVICE.parse({}), placement })), SERVICE],
    oneOf("a placement (local, remote@host, discovered, auto) or a mapping", "text", "mapping"),
  )
  .describe("A placement alone, or what is to be said of the service.");

const HOST: z.ZodType<HostEntry> = mapping("a mapping", {
  user: text("a user's name")
    .regex(USER_PATTERN, "must be a user's name")
    .describe("Who logs in there.")
    .exactOptional(),
  address: text("an address or a name")
    .describe("An IP address or a name. Absent: the host's own name.")
    .exactOptional(),
  labels: LABELS.default({}).describe("What services may ask for by their labels."),
  capacity: mapping("a mapping of cpu, memory and gpu", NEEDS_MEMBERS)
    .transform(({ memory, ...others }) =>
      memory === undefined ? others : { ...others, memoryBytes: memory },
    )
    .default({})
    .describe("What it has. What is absent is not known, and keeps nothing from it."),
  gpu_enabled: z.boolean(must("true or false")).describe("Whether it has a GPU.").exactOptional(),
  gpuEnabled: z.boolean(must("true or false")).describe("The same as gpu_enabled.").exactOptional(),
});

const STACK: z.ZodType<StackFile> = mapping("a mapping with services", {
  strategy: z
    .enum(PLACEMENT_STRATEGIES, {
      error: ({ input }) =>
        typeof input === "string"
          ? wrongWord("strategy", input, PLACEMENT_STRATEGIES)
          : wrongKind("a strategy", input),
    })
    .default("local-first")
    .describe("What a service's place follows from, where it is auto."),
  discovery: z
    .record(z.string(), z.unknown(), must("a mapping of settings to values"))
    .describe("Any setting of the config file, by its key; ranges and domains besides.")
    .exactOptional(),
  services: z
    .record(z.string().regex(NAME_PATTERN, NAME_RULE), SHORTHAND_OR_SERVICE, must("a mapping of services"))
    .refine((services) => Object.keys(services).length > 0, "names no service")
    .refine((services) => Object.keys(services).length <= MOST_SERVICES, `more than ${MOST_SERVICES}`)
    .meta({ minProperties: 1, maxProperties: MOST_SERVICES })
    .describe("What the stack is made of, by name."),
  hosts: z
    .record(z.string().min(1), HOST, must("a mapping of hosts"))
    .refine((hosts) => Object.keys(hosts).length <= MOST_HOSTS, `more than ${MOST_HOSTS}`)
    .meta({ maxProperties: MOST_HOSTS })
    .default({})
    .describe("Machines that services may be on besides this one, by name; localhost is this one."),
});

/** A stack file's value with all defaults, or what is wrong with it. */
export function checkShape(value: unknown): StackFile | readonly Fault[] {
  const read = STACK.safeParse(value);
  return read.success ? read.data : faultsOf(read.error.issues);
}

/** The JSON Schema (draft 2020-12) of a stack file, as it is written. */
export function stackSchema(): JsonObject {
  const schema: unknown = z.toJSONSchema(STACK, { io: "input", target: "draft-2020-12" });
  return isObject(schema) ? schema : {};
}
