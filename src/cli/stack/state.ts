import { isAbsolute } from "node:path";

import { stateFolder } from "../../disk/places.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { Io } from "../terminal/io.ts";

/** Where it is remembered what was started, the same from wherever this is called. Throws `file` for who has no home. */
export function userState(io: Pick<Io, "env" | "home">): string {
  const folder = stateFolder(io);
  if (isAbsolute(folder)) return folder;
  throw new DiscoverError(
    "file",
    "there is no home folder, and so no place to remember what was started: set XDG_STATE_HOME to a folder",
  );
}
