import { hex } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import { MORE, matched, uint16 } from "../reading.ts";

// [MS-TDS] 2.2.6.5, PRELOGIN: options of token, offset, length; 0xff ends them; then their data.
const PRELOGIN = hex(
  "12 01 00 2f 00 00 01 00" +
    "00 00 1a 00 06  01 00 20 00 01  02 00 21 00 01  03 00 22 00 04  04 00 26 00 01  ff" +
    "09 00 00 00 00 00  00  00  00 00 00 00  00",
);
const HEAD = 8;
const OPTION = 5;
const MOST_OPTIONS = 16;
const LONGEST = 1024;
const END = 0xff;
/** Values of the ENCRYPTION option. */
const ENCRYPTION = ["off", "on", "not supported", "required"];

const prelogin: Probe = {
  name: "prelogin",
  send: PRELOGIN,
  read(reply, ended): Reading {
    if ((reply[0] ?? 4) !== 4 || (reply[1] ?? 1) !== 1) return undefined; // a tabular result, whole
    if (reply.length < HEAD) return ended ? undefined : MORE;
    const length = uint16(reply, 2);
    if (length < HEAD + OPTION + 7 || length > LONGEST) return undefined;
    if (reply.length < length) return ended ? undefined : MORE;
    if (reply.length > length) return undefined;
    const match = matchOf(optionsOf(reply.subarray(HEAD, length)));
    return match && matched(match);
  },
};

/** The data of each option by its token; undefined where they do not fit their packet. */
function optionsOf(body: Uint8Array): Map<number, Uint8Array> | undefined {
  const options = new Map<number, Uint8Array>();
  for (let at = 0; at < OPTION * MOST_OPTIONS; at += OPTION) {
    const token = body[at];
    if (token === END) return options;
    const offset = uint16(body, at + 1);
    const end = offset + uint16(body, at + 3);
    if (token === undefined || offset <= at || end > body.length) return undefined;
    options.set(token, body.subarray(offset, end));
  }
  return undefined;
}

function matchOf(options: Map<number, Uint8Array> | undefined): Match | undefined {
  const number = options?.get(0);
  const encryption = ENCRYPTION[options?.get(1)?.[0] ?? 0xff];
  if (number?.length !== 6 || encryption === undefined || (number[0] ?? 0) < 7) return undefined;
  const version = `${number[0]}.${number[1]}.${uint16(number, 2)}`;
  return {
    product: "SQL Server",
    version,
    confidence: 0.98,
    health: "healthy",
    summary: `PRELOGIN answered with version ${version}`,
    metadata: { encryption },
  };
}

const entry: CatalogEntry = {
  type: "mssql",
  title: "Microsoft SQL Server",
  category: "database",
  summary: "Relational database",
  ports: [1433],
  dnsServices: ["_ms-sql-s._tcp"],
  scheme: "mssql",
  products: ["SQL Server"],
  processes: ["sqlservr"],
  probes: [prelogin],
  examples: [
    {
      name: "SQL Server 2019",
      probe: "prelogin",
      replies: [
        "\x04\x01\x00\x2b\x00\x00\x01\x00\x00\x00\x1a\x00\x06\x01\x00\x20\x00\x01\x02\x00\x21\x00\x01\x03\x00\x22\x00\x00\x04\x00\x22\x00\x01\xff\x0f\x00\x10\xe2\x00\x00\x00\x00\x00",
      ],
      expect: { product: "SQL Server", version: "15.0.4322", health: "healthy" },
    },
    {
      name: "SQL Server 2022 that wants encryption",
      probe: "prelogin",
      replies: [
        "\x04\x01\x00\x1a\x00\x00\x01\x00\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x10\x00\x0f\xd2\x00\x00\x03",
      ],
      expect: { product: "SQL Server", version: "16.0.4050", health: "healthy" },
    },
  ],
};

export default entry;
