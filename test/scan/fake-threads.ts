import type { FromSweeper, SweeperOrders, ToSweeper } from "../../src/scan/crew-messages.ts";
import type { StartSweeper } from "../../src/scan/crew.ts";
import type { Helpers } from "../../src/scan/sweep.ts";
import { Sweeper } from "../../src/scan/sweeper.ts";
import { type SimulatedNet, simulatedClock } from "./simulation.ts";

/** A thread that is none: a real sweeper, whose messages are copied and come later. */
export interface FakeThread {
  readonly orders: SweeperOrders;
  /** What it was told, and what it said and was heard. */
  readonly told: ToSweeper[];
  readonly said: FromSweeper[];
  asks: number;
  isEnded: boolean;
  /** It ends before its time: nothing of it is heard any more, nor sent. */
  die(): void;
}

export interface FakeThreads {
  readonly threads: FakeThread[];
  readonly run: StartSweeper;
}

/** Starts threads over a network: at most so many. */
export function fakeThreads(net: SimulatedNet, most = Infinity): FakeThreads {
  const threads: FakeThread[] = [];
  const run: StartSweeper = (orders, heard, failed) => {
    if (threads.length >= most) return undefined;
    const thread: FakeThread = {
      orders: structuredClone(orders),
      told: [],
      said: [],
      asks: 0,
      isEnded: false,
      die: () => {
        thread.isEnded = true;
        failed("it was killed");
      },
    };
    threads.push(thread);
    const sweeper = sweeperOf(thread, net, heard);
    return {
      post: (message) => {
        const copy = structuredClone(message);
        thread.told.push(copy);
        setImmediate(() => thread.isEnded || sweeper.hear(copy));
      },
      end: () => void (thread.isEnded = true),
    };
  };
  return { threads, run };
}

function sweeperOf(thread: FakeThread, net: SimulatedNet, heard: (message: FromSweeper) => void): Sweeper {
  return new Sweeper(thread.orders, {
    prober: (ended) => {
      const prober = net.prober((...end) => thread.isEnded || ended(...end));
      return {
        ...prober,
        connect: (...ask) => {
          if (thread.isEnded) return;
          thread.asks++;
          prober.connect(...ask);
        },
      };
    },
    neighbours: () => new Map(),
    clock: simulatedClock,
    post: (message) => {
      const copy = structuredClone(message);
      setImmediate(() => {
        if (thread.isEnded) return;
        thread.said.push(copy);
        heard(copy);
      });
    },
  });
}

export function helpersOf({ run }: FakeThreads, more: Partial<Helpers> = {}): Helpers {
  const part = { sockets: 256, start: 256, perHost: 256 };
  return { count: 2, ...part, alone: part, beside: part, sweepAlone: false, run, ...more };
}
