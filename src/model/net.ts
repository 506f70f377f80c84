import type { Patience } from "./allowance.ts";
import type { HttpReply } from "./catalog.ts";
import type { Endpoint } from "./endpoint.ts";
import type { InterfaceAddress } from "./interface-address.ts";
import type { MulticastLinks, MulticastOptions } from "./multicast.ts";
import type { TlsFacts } from "./observation.ts";

/**
 * How one bare connect ended. Beside the outcomes that are facts about the network:
 *
 * - `exhausted`: this machine had no descriptor, port or memory for it (EMFILE, EADDRNOTAVAIL …). Try again, fewer at once.
 * - `self`: the kernel connected the socket to itself. Try again.
 */
export type ConnectOutcome = "open" | "closed" | "filtered" | "unreachable" | "exhausted" | "self";

/** Bare connects, many at once. The caller tells them apart by numbers of its own, each for one connect at a time. */
export interface Prober {
  /** Begins a connect to an IP address. */
  connect(slot: number, address: string, port: number): void;
  /** Ends it: nothing is told of it any more, and its number is free. */
  cancel(slot: number): void;
  /** Gives back what is kept for connects to come. Those under way are not touched. */
  close(): void;
}

/**
 * Told once how a connect ended that was not cancelled, and the time that it took in milliseconds: never before
 * `connect` has returned. Its number is free then, and its socket gone.
 */
export type ProbeEnd = (slot: number, outcome: ConnectOutcome, latencyMs: number) => void;

/** An open stream to a peer that is not trusted. */
export interface Connection {
  /** Time until it stood, in milliseconds. */
  readonly latencyMs: number;
  /** What came since the last `send`, at most the connection's cap. */
  readonly received: Uint8Array;
  /** No more will come: closed, reset, broken, or the cap was reached. */
  readonly ended: boolean;
  /** The TLS alert with which the peer ended it, in OpenSSL's words, where it did. */
  readonly alert: string | undefined;
  /** Forgets what was received and sends. Errors show as `ended`. */
  send(bytes: Uint8Array): void;
  /**
   * Calls `test` with what has come since the last `send`, now and after every arrival, until it returns something.
   * Resolves to undefined when the peer ends, `waitMs` pass or `signal` fires without that. Rejects when `test` throws.
   */
  until<T>(
    test: (received: Uint8Array, ended: boolean) => T | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<T | undefined>;
  /** Speaks TLS from here on. Resolves to undefined where the peer does not. */
  secure(options: SecureOptions): Promise<Secured | undefined>;
  /** Says `farewell` if given, and leaves. Without one the socket is reset, so nothing stays in TIME_WAIT. */
  close(farewell?: Uint8Array): void;
}

export interface SecureOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** For SNI (RFC 6066, section 3). */
  readonly servername?: string;
  /** Protocols to offer by ALPN. */
  readonly alpn?: readonly string[];
}

/**
 * A handshake that stood, or one that the peer refused in TLS's own words (an alert). `facts` where that came after the
 * server had shown its certificate.
 */
export type Secured =
  | { readonly kind: "open"; readonly facts: TlsFacts; readonly connection: Connection }
  | { readonly kind: "alert"; readonly reason: string; readonly facts?: TlsFacts };

export interface DialOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Whose time stands still until the budget has a place. */
  readonly patience?: Patience;
}

/** Opens a connection within the run's budget; undefined where none could be had. */
export type Dial = (endpoint: Endpoint, options: DialOptions) => Promise<Connection | undefined>;

export interface HttpOptions {
  readonly endpoint: Endpoint;
  readonly tls: boolean;
  /** For the Host header and SNI; the address where absent. */
  readonly hostname?: string;
  /**
   * Sent with every request, over those that are sent anyway. May hold secrets. Names in lower case. Where one cannot be
   * sent, nothing is.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one request may take, its connection included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How requests to one endpoint are begun. */
export interface HttpSessionOptions extends HttpOptions {
  /** At most. A second one is opened only where answers keep the first one busy for a twentieth of `timeoutMs`. */
  readonly connections: number;
  /** A connection to begin on, inside TLS where `tls` is. */
  readonly first?: FirstConnection;
}

/** A connection that is there already. */
export interface FirstConnection {
  readonly connection: Connection;
  /**
   * Where the session's first question, `GET /`, was put on it: when, by `performance.now()`. What came since is the
   * beginning of its answer.
   */
  readonly askedAt?: number;
}

/** An HTTP answer, and the time from the question's going out to the answer's end, in milliseconds. */
export interface TimedReply extends HttpReply {
  readonly latencyMs: number;
  /**
   * Why the body is not the whole of what was to come: time ran out, it is more than is read (64 KiB, packed or not), or
   * the peer hung up half-way. Absent where it came to its end.
   */
  readonly cut?: "timeout" | "size" | "closed";
  /** Its `content-encoding` could not be undone: the body is empty. */
  readonly packed?: true;
}

/**
 * Why no HTTP answer came.
 *
 * - `timeout`: time ran out before its headers were there.
 * - `closed`: the peer hung up first.
 * - `garbled`: what came is no HTTP, or has more than 16 KiB of headers.
 * - `unsent`: it was not asked, or with too little time left: there was no connection, or none became free in time.
 * - `cancelled`: the signal fired.
 */
export interface NoReply {
  readonly failure: "timeout" | "closed" | "garbled" | "unsent" | "cancelled";
  /** Time from the question's going out until it was given up, in milliseconds. */
  readonly latencyMs: number;
}

/** Requests to one endpoint over kept-alive connections. */
export interface HttpSession {
  /**
   * GET `path`. Redirects are not followed. Asked once more where the peer hung up on a connection that had been used
   * before (RFC 9112, section 9.3.1).
   */
  ask(path: string): Promise<TimedReply | NoReply>;
  /** The same where only an answer counts; undefined where none came. */
  get(path: string): Promise<TimedReply | undefined>;
  /** The same connections for somebody else: new ones by his `dial`, and all in his time. Nobody may be waiting. */
  handOver(signal: AbortSignal, dial: Dial): void;
  close(): Promise<void>;
}

/** What a gRPC peer answered to a health check (grpc.health.v1). */
export interface GrpcReply {
  /** The `grpc-status` it sent, where it did: gRPC is spoken. Absent: HTTP/2 without gRPC. */
  readonly grpcStatus?: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Why a name server gave no reply.
 *
 * - `timeout`: nothing that was acceptable came in time.
 * - `refused`: nothing listens there.
 * - `unreachable`: no way to it, or this machine's own firewall said no.
 * - `broken`: it hung up, or sent what is no DNS over TCP (RFC 1035, section 4.2.2).
 * - `exhausted`: this machine had no descriptor, port or memory.
 * - `cancelled`: the signal fired.
 */
export type DnsFailure = "timeout" | "refused" | "unreachable" | "broken" | "exhausted" | "cancelled";

export interface DnsExchangeOptions<T extends object> {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Reads one message; undefined where it is not the awaited reply: waiting goes on. */
  readonly accept: (reply: Uint8Array) => T | undefined;
}

/** Sends one question to a name server and waits for what `accept` makes of the reply. Rejects when that throws. */
export type DnsExchange = <T extends object>(
  server: Pick<Endpoint, "address" | "port">,
  query: Uint8Array,
  options: DnsExchangeOptions<T>,
) => Promise<T | DnsFailure>;

/** The network, as everything outside `net/` sees it. */
export interface Net {
  /**
   * Bare connects for a sweep: no promise and no timer for each. A socket is reset at once when it stands.
   *
   * @param isDirect False: by Node's public `net.connect` alone, which is slower.
   */
  prober(ended: ProbeEnd, isDirect: boolean): Prober;
  /** Opens a connection, or says how the attempt ended. `onClose` is called once, when its socket is gone. */
  dial(
    endpoint: Endpoint,
    options: DialOptions & { readonly onClose: () => void },
  ): Promise<Connection | Exclude<ConnectOutcome, "open">>;
  http(options: HttpSessionOptions, dial: Dial): Promise<HttpSession>;
  /** Asks an HTTP/2 peer for grpc.health.v1 on a connection of its own; undefined where HTTP/2 is not spoken. */
  grpc(options: HttpOptions, dial: Dial): Promise<GrpcReply | undefined>;
  /** Every address of every interface that is up. */
  interfaces(): readonly InterfaceAddress[];
  /**
   * What the kernel knows of the IPv4 hosts on its links, by address: whether somebody has answered for it. Empty where it
   * does not tell.
   */
  neighbours(): ReadonlyMap<string, boolean>;
  /** Joins the mDNS groups on the interfaces, as far as they can. Sends nothing. Never rejects. */
  multicast(options: MulticastOptions): Promise<MulticastLinks>;
  /** By one datagram from a fresh connected socket, so that the kernel picks the port and drops other senders' replies. */
  readonly dnsUdp: DnsExchange;
  /** Over a connection of its own. */
  readonly dnsTcp: DnsExchange;
  /** What this machine's resolver is told, in the words of resolv.conf(5); empty where it is told nothing. */
  resolverConfig(): string;
}
