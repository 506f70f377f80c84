import type { Net } from "../model/net.ts";
import { dial } from "./dial.ts";
import { askGrpc } from "./grpc.ts";
import { openHttpSession } from "./http.ts";
import { probe } from "./probe.ts";

/** The real network. */
export const systemNet: Net = { probe, dial, http: openHttpSession, grpc: askGrpc };
