import { typeWords } from "../../inventory/filter.ts";
import { DiscoverError } from "../../model/errors.ts";
import { suggestion } from "../../model/nearest.ts";
import { shown } from "../../targets/token.ts";
import { requireKnown } from "../settings/kinds.ts";
import { parsePlace } from "./place.ts";
import { parseUrl } from "./url.ts";
import type { Want, WantContext } from "./want.ts";

/**
 * Reads one thing to wait for: `redis`, `db.example:5432`, `[::1]:5432`, `:5432`, `http://localhost:8080/health`,
 * `postgresql://db`. Looks nothing up. Throws `DiscoverError` for what is none of them, with the nearest that is.
 */
export async function parseWant(text: string, context: WantContext): Promise<Want> {
  const { where, catalog } = context;
  if (text.includes("://")) return parseUrl(text, context);
  if (/^\d+$/.test(text)) throw bad(text, where, `for a port of this machine write :${text}`);
  if (text.includes(":") || text.includes("["))
    return { kind: "place", text: shown(text), place: await parsePlace(text, where), words: [], tls: false };
  const word = text.toLowerCase();
  const known = typeWords(catalog).filter((one) => one !== "unknown");
  if (!known.includes(word) && suggestion(word, known) === "")
    throw bad(
      text,
      where,
      "no such type ('discover catalog' shows all); a place is host:port, :port or a URL",
    );
  requireKnown(word, "type", known, where);
  return { kind: "type", text: word, word };
}

function bad(text: string, where: string, why: string): DiscoverError {
  return new DiscoverError("bad-target", `${shown(text) || "nothing"} (${where}): ${why}`);
}
