import type { DiscoveryEvent } from "../../model/event.ts";
import type { StreamFormat } from "../../model/output.ts";
import { jsonText } from "../json-text.ts";

/** What an event has to say on a line of its own; undefined where it only matters to those who watch. */
function line(event: DiscoveryEvent): object | undefined {
  if (event.event === "progress") return undefined;
  if (event.event !== "finished") return event;
  // The services had their lines already.
  const { schemaVersion, scan, coverage, warnings } = event.inventory;
  return { event: "finished", schemaVersion, scan, coverage, warnings };
}

const format: StreamFormat = {
  kind: "stream",
  name: "ndjson",
  summary: "One JSON object a line, as it is found",
  extensions: ["ndjson", "jsonl"],
  format(event) {
    const said = line(event);
    return said === undefined ? undefined : `${jsonText(said)}\n`;
  },
};

export default format;
