import type { WatchEvent } from "../../model/watch.ts";
import { jsonText } from "../../output/json-text.ts";
import { watchFrame } from "../../output/table/watch-frame.ts";
import type { Io } from "../terminal/io.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { WatchBoard } from "./board.ts";
import { WatchScreen } from "./screen.ts";

/** Where the events of a watch go. */
export interface WatchSink {
  begin(): void;
  /** Resolves when there is room for the next. */
  take(event: WatchEvent): Promise<void>;
  /** Resolves when somebody else may write to the terminal. */
  pause(): Promise<void>;
  /** Somebody else has written to the terminal, or is about to. */
  spoil(): void;
  /** Resolves when all has been shown. */
  finish(): Promise<void>;
}

/** A line of JSON for each event. */
export function lineSink(terminal: Terminal): WatchSink {
  return {
    begin: () => {},
    take: (event) => terminal.result(`${jsonText(event)}\n`),
    pause: () => Promise.resolve(),
    spoil: () => {},
    finish: () => Promise.resolve(),
  };
}

/** A table that is kept up to date in its place. */
export function tableSink(io: Io, color: boolean): WatchSink {
  const board = new WatchBoard();
  const screen = new WatchScreen(io, (size) => watchFrame(board.picture, size, color));
  return {
    begin: () => screen.update(),
    async take(event) {
      board.take(event);
      screen.update();
    },
    async pause() {
      await screen.finish();
      screen.spoil();
    },
    spoil: () => screen.spoil(),
    finish: () => screen.finish(),
  };
}
