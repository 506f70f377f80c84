import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";

/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * Where a path leads, links followed, the file there or not: a link stays a link, and what it points to is replaced
 * or made. Of links in a circle, one of them.
 */
export async function destination(asked: string): Promise<string> {
  let file = asked;
  for (let followed = 0; followed < MOST_LINKS; followed++) {
    const there = await realpath(file).catch(() => undefined);
    if (there !== undefined) return there;
    const link = await readlink(file).catch(() => undefined);
    if (link === undefined) return file;
    // Not `resolve` alone: `..` behind a directory that is a link leads elsewhere.
    const named = isAbsolute(link) ? dirname(link) : `${dirname(file)}/${dirname(link)}`;
    file = join(await realpath(named).catch(() => resolve(named)), basename(link));
  }
  return file;
}
