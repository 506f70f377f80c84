import { getSystemErrorName } from "node:util";

import type { ConnectOutcome, ProbeEnd, Prober } from "../model/net.ts";
import { outcomeOfCode } from "./connect-outcome.ts";
import { isSelfConnected } from "./self-connect.ts";

/** Node's own handle of a TCP socket, as `net.Socket` uses it. */
interface TcpHandle {
  connect(request: ConnectRequest, address: string, port: number): number;
  connect6(request: ConnectRequest, address: string, port: number): number;
  getsockname(out: SocketName): number;
  getpeername(out: SocketName): number;
  reset(): number;
  close(): void;
}

interface SocketName {
  address?: string;
  port?: number;
}

interface ConnectRequest {
  oncomplete?: (status: number, handle: TcpHandle, request: ConnectRequest) => void;
  /** Ours. */
  slot?: number;
  isIpv6?: boolean;
}

/** What `process.binding("tcp_wrap")` gives. */
interface TcpBinding {
  readonly TCP: new (type: number) => TcpHandle;
  readonly TCPConnectWrap: new () => ConnectRequest;
  readonly constants: { readonly SOCKET: number };
}

/**
 * Linux lets a socket whose connect was refused connect again: the first connect(2) after that fails with ECONNABORTED and
 * clears it, the second goes out. That saves socket(2), epoll_ctl(2) and close(2) a probe.
 */
const CAN_RECONNECT = process.platform === "linux";
/** Refused sockets that are kept for another connect, at most. */
const MOST_IDLE = 256;

/**
 * Connects by the handles beneath `net.Socket`: no streams, no events, no errors with a stack, and on Linux the same
 * sockets over and over. Nothing public in Node gives these handles, so the way to them is looked for at run time
 * (`directProber`), and only this file knows of it.
 */
class DirectProber implements Prober {
  readonly #binding: TcpBinding;
  readonly #ended: ProbeEnd;
  readonly #requests: (ConnectRequest | undefined)[] = [];
  readonly #handles: (TcpHandle | undefined)[] = [];
  readonly #startedAt: number[] = [];
  readonly #idle: TcpHandle[] = [];
  #canReconnect = CAN_RECONNECT;
  #closed = false;

  constructor(binding: TcpBinding, ended: ProbeEnd) {
    this.#binding = binding;
    this.#ended = ended;
  }

  connect(slot: number, address: string, port: number): void {
    const request = new this.#binding.TCPConnectWrap();
    request.oncomplete = this.#completed;
    request.slot = slot;
    request.isIpv6 = address.includes(":");
    this.#startedAt[slot] = performance.now();
    this.#requests[slot] = request;
    const status = this.#begin(slot, request, address, port);
    // Told later, like all others: nobody expects an end before the beginning has returned.
    if (status !== 0) process.nextTick(() => this.#end(slot, request, status));
  }

  cancel(slot: number): void {
    this.#requests[slot] = undefined;
    this.#handles[slot]?.close();
    this.#handles[slot] = undefined;
  }

  close(): void {
    this.#closed = true;
    for (const handle of this.#idle.splice(0)) handle.close();
  }

  /** 0, or libuv's number of what went wrong at once. */
  #begin(slot: number, request: ConnectRequest, address: string, port: number): number {
    const idle = request.isIpv6 === true ? undefined : this.#idle.pop();
    if (idle !== undefined) {
      this.#handles[slot] = idle;
      if (idle.connect(request, address, port) === 0 || idle.connect(request, address, port) === 0) return 0;
      // A kernel that does not do this after all.
      this.#canReconnect = false;
      idle.close();
    }
    const handle = new this.#binding.TCP(this.#binding.constants.SOCKET);
    this.#handles[slot] = handle;
    return request.isIpv6 === true
      ? handle.connect6(request, address, port)
      : handle.connect(request, address, port);
  }

  readonly #completed = (status: number, _handle: TcpHandle, request: ConnectRequest): void => {
    if (request.slot !== undefined) this.#end(request.slot, request, status);
  };

  #end(slot: number, request: ConnectRequest, status: number): void {
    if (this.#requests[slot] !== request) return; // cancelled
    const handle = this.#handles[slot];
    const latencyMs = performance.now() - (this.#startedAt[slot] ?? 0);
    this.#requests[slot] = undefined;
    this.#handles[slot] = undefined;
    if (handle === undefined) return;
    if (status === 0) this.#ended(slot, this.#leave(handle), latencyMs);
    else {
      const outcome = outcomeOfStatus(status);
      if (outcome === "closed" && request.isIpv6 === false) this.#keep(handle);
      else handle.close();
      this.#ended(slot, outcome, latencyMs);
    }
  }

  /** Resets a connection that stands. */
  #leave(handle: TcpHandle): "open" | "self" {
    const local: SocketName = {};
    const remote: SocketName = {};
    handle.getsockname(local);
    handle.getpeername(remote);
    if (handle.reset() !== 0) handle.close();
    const isSelf = isSelfConnected({
      localAddress: local.address,
      localPort: local.port,
      remoteAddress: remote.address,
      remotePort: remote.port,
    });
    return isSelf ? "self" : "open";
  }

  #keep(handle: TcpHandle): void {
    if (this.#canReconnect && !this.#closed && this.#idle.length < MOST_IDLE) this.#idle.push(handle);
    else handle.close();
  }
}

/** Node looks names up in a table that it makes anew: with as many refusals as here, that shows. */
const OUTCOMES = new Map<number, ConnectOutcome>();

function outcomeOfStatus(status: number): ConnectOutcome {
  const known = OUTCOMES.get(status);
  if (known !== undefined) return known;
  const outcome = outcomeOfCode(getSystemErrorName(status));
  OUTCOMES.set(status, outcome);
  return outcome;
}

/** Whether there is such a way here. */
export function canProbeDirectly(): boolean {
  return tcpBinding() !== undefined;
}

/** Undefined where this Node does not let anybody at its handles: a newer one, or one with the permission model. */
export function directProber(ended: ProbeEnd): Prober | undefined {
  const binding = tcpBinding();
  return binding === undefined ? undefined : new DirectProber(binding, ended);
}

function tcpBinding(): TcpBinding | undefined {
  try {
    const read: unknown = Reflect.get(process, "binding");
    const binding: unknown = typeof read === "function" ? read.call(process, "tcp_wrap") : undefined;
    return isTcpBinding(binding) ? binding : undefined;
  } catch {
    return undefined; // ERR_ACCESS_DENIED, or no such binding
  }
}

const METHODS = ["connect", "connect6", "getsockname", "getpeername", "reset", "close"] as const;

function isTcpBinding(binding: unknown): binding is TcpBinding {
  if (
    !(binding instanceof Object) ||
    !("TCP" in binding && "TCPConnectWrap" in binding && "constants" in binding)
  )
    return false;
  const { TCP, TCPConnectWrap, constants } = binding;
  return (
    typeof TCP === "function" &&
    typeof TCPConnectWrap === "function" &&
    constants instanceof Object &&
    "SOCKET" in constants &&
    typeof constants.SOCKET === "number" &&
    METHODS.every((name) => typeof Reflect.get(TCP.prototype, name) === "function")
  );
}
