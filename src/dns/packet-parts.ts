import { AUTHORITATIVE_ANSWER, RECURSION_DESIRED, TRUNCATED_RESPONSE, decode, encode } from "dns-packet";

type AddressType = "A" | "AAAA";
type Flag = "response" | "authoritative" | "truncated" | "recursionDesired";

/** The bits of the header's second word (RFC 1035, section 4.1.1). */
export const FLAGS: Readonly<Record<Flag, number>> = {
  response: 0x8000,
  authoritative: AUTHORITATIVE_ANSWER,
  truncated: TRUNCATED_RESPONSE,
  recursionDesired: RECURSION_DESIRED,
};

const SIZES: Readonly<Record<AddressType, number>> = { A: 4, AAAA: 16 };

/** The bytes of an address; of text that is none, any bytes. */
export function addressBytes(type: AddressType, address: string): Uint8Array {
  return new Uint8Array(packetWith(type, address).subarray(-SIZES[type]));
}

/**
 * The address in the data of a record, as all of sonde writes addresses (RFC 5952). Throws a RangeError where the
 * bytes are not as many as the type has: dns-packet would read on behind them.
 */
export function addressText(type: AddressType, bytes: Uint8Array): string {
  if (bytes.length !== SIZES[type]) throw new RangeError(`${bytes.length} bytes are no address`);
  const packet = packetWith(type, type === "A" ? "0.0.0.0" : "::");
  packet.set(bytes, packet.length - bytes.length);
  const [answer] = decode(packet).answers ?? [];
  if (answer?.type === "A") return answer.data;
  if (answer?.type === "AAAA") return mapped(bytes) ?? canonical(answer.data);
  throw new RangeError("no address");
}

/** A response with one record of the root, whose data end it. */
function packetWith(type: AddressType, data: string): Buffer {
  return encode({ type: "response", answers: [{ type, name: ".", data }] });
}

/** dns-packet shortens the first run of zeros, RFC 5952 the longest (section 4.2.3), and so does a URL. */
function canonical(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** An IPv4-mapped address, with dots (RFC 5952, section 5). */
function mapped(bytes: Uint8Array): string | undefined {
  const isMapped = bytes.every((byte, at) => at >= 12 || byte === (at < 10 ? 0 : 0xff));
  return isMapped ? `::ffff:${addressText("A", bytes.subarray(12))}` : undefined;
}
