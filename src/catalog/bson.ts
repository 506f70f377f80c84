import { fromLatin1 } from "../model/bytes.ts";

/** Top-level scalars of a BSON document, https://bsonspec.org/spec.html; nested values are skipped. */
export type BsonScalars = ReadonlyMap<string, string | number | boolean>;

const MOST_ELEMENTS = 500;
const SIZES: Readonly<Record<number, number>> = {
  1: 8,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
};

/** The scalars of the document that fills the bytes; undefined where they are not one. */
export function readBson(bytes: Uint8Array): BsonScalars | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 5 || view.getInt32(0, true) !== bytes.length || bytes.at(-1) !== 0) return undefined;
  const found = new Map<string, string | number | boolean>();
  let at = 4;
  for (let count = 0; count < MOST_ELEMENTS && at < bytes.length - 1; count++) {
    const type = view.getUint8(at);
    const nameEnd = bytes.indexOf(0, at + 1);
    if (nameEnd < 0) return undefined;
    const size = sizeOf(type, view, nameEnd + 1);
    const end = nameEnd + 1 + (size ?? Infinity);
    if (end > bytes.length - 1) return undefined;
    const value = scalar(type, view, nameEnd + 1, bytes.subarray(nameEnd + 1, end));
    if (value !== undefined) found.set(fromLatin1(bytes.subarray(at + 1, nameEnd)), value);
    at = end;
  }
  return at === bytes.length - 1 ? found : undefined;
}

/** Bytes that a value takes; undefined for a type whose length nobody needs here, or a length that cannot be. */
function sizeOf(type: number, view: DataView, at: number): number | undefined {
  const fixed = SIZES[type];
  if (fixed !== undefined) return fixed;
  if (at + 4 > view.byteLength) return undefined;
  const length = view.getInt32(at, true);
  if (type === 0x02) return length < 1 ? undefined : 4 + length; // string
  if (type === 0x03 || type === 0x04) return length < 5 ? undefined : length; // document, array
  if (type === 0x05) return length < 0 ? undefined : 5 + length; // binary
  return undefined;
}

function scalar(
  type: number,
  view: DataView,
  at: number,
  value: Uint8Array,
): string | number | boolean | undefined {
  if (type === 0x01) return view.getFloat64(at, true);
  if (type === 0x02) return new TextDecoder().decode(value.subarray(4, -1));
  if (type === 0x08) return value[0] !== 0;
  if (type === 0x10) return view.getInt32(at, true);
  if (type === 0x12) return Number(view.getBigInt64(at, true));
  return undefined;
}
