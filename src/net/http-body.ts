import { constants, brotliDecompressSync, unzipSync } from "node:zlib";

import type { TimedReply } from "../model/net.ts";

/** Bytes of a body that are read, and that it may unpack to. */
const MOST_BODY = 64 * 1024;
/** Codings on top of each other that are undone; nobody needs two. */
const MOST_CODINGS = 3;

export type Cut = NonNullable<TimedReply["cut"]>;

/** What came of a body. */
export interface RawBody {
  readonly bytes: Buffer;
  readonly cut?: Cut;
}

/** A body as text, and what stood in its way. See `TimedReply`. */
export interface BodyText extends Pick<TimedReply, "cut" | "packed"> {
  readonly body: string;
}

/**
 * What comes of a body: a peer that stops half-way or floods loses the rest and not the answer. `whyEnded` is asked what
 * an error means that came before the end.
 */
export async function readBody(
  chunks: AsyncIterable<Uint8Array>,
  whyEnded: (error: unknown) => Cut,
): Promise<RawBody> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let cut: Cut | undefined;
  try {
    for await (const chunk of chunks) {
      parts.push(chunk);
      size += chunk.length;
      if (size > MOST_BODY) {
        cut = "size";
        break;
      }
    }
  } catch (error) {
    cut = whyEnded(error);
  }
  return { bytes: Buffer.concat(parts).subarray(0, MOST_BODY), ...(cut && { cut }) };
}

/**
 * Undoes the codings of a `Content-Encoding` (RFC 9110, section 8.4) from the last to the first: nobody asked for any,
 * but some servers pack regardless. What would unpack to too much stays empty, and so does what cannot be unpacked. A byte
 * order mark is no part of the text.
 */
export function textOf({ bytes, cut }: RawBody, encoding: string | undefined): BodyText {
  let content: RawBody = { bytes, ...(cut && { cut }) };
  for (const coding of codingsIn(encoding).toReversed()) {
    const unpacked = unpack(content, UNPACKERS.get(coding));
    if (unpacked === undefined) return { body: "", packed: true, ...(content.cut && { cut: content.cut }) };
    content = unpacked;
  }
  const body = content.bytes.toString("utf8").replace(/^\ufeff/, "");
  return { body, ...(content.cut && { cut: content.cut }) };
}

function codingsIn(encoding = ""): string[] {
  const named = encoding.split(",", MOST_CODINGS + 1).map((coding) => coding.trim().toLowerCase());
  const codings = named.filter((coding) => coding !== "" && coding !== "identity");
  return codings.length > MOST_CODINGS ? [encoding] : codings;
}

type Unpacker = (bytes: Uint8Array, lenient: boolean) => Buffer;

const LIMITS = { maxOutputLength: MOST_BODY };

const unzip: Unpacker = (bytes, lenient) =>
  unzipSync(bytes, { ...LIMITS, ...(lenient && { finishFlush: constants.Z_SYNC_FLUSH }) });
const unbrotli: Unpacker = (bytes, lenient) =>
  brotliDecompressSync(bytes, {
    ...LIMITS,
    ...(lenient && { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  });

/** RFC 9110, sections 8.4.1.2 and 8.4.1.3, and RFC 7932. */
const UNPACKERS: ReadonlyMap<string, Unpacker> = new Map([
  ["gzip", unzip],
  ["x-gzip", unzip],
  ["deflate", unzip],
  ["br", unbrotli],
]);

/** Undefined where it is not what it is said to be. */
function unpack({ bytes, cut }: RawBody, unpacker: Unpacker | undefined): RawBody | undefined {
  if (unpacker === undefined) return undefined;
  if (bytes.length === 0) return { bytes, ...(cut && { cut }) };
  // Lenient only to what was cut, and to what turns out to be: a half is not to pass for the whole.
  for (const lenient of cut === undefined ? [false, true] : [true]) {
    try {
      const unpacked = unpacker(bytes, lenient);
      const why = cut ?? (lenient ? "closed" : undefined);
      return { bytes: unpacked, ...(why && { cut: why }) };
    } catch (error) {
      if (codeOf(error) === "ERR_BUFFER_TOO_LARGE") return { bytes: Buffer.alloc(0), cut: "size" };
    }
  }
  return undefined;
}

/** The code of a Node or undici error; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
