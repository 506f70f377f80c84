import type { Strategy } from "../../src/model/strategy.ts";
import { observeSwept } from "./observe-swept.ts";
import { httpPorts } from "./ports.ts";

/** Asks everything of the sweep that speaks HTTP for its health. */
const http: Strategy = {
  name: "http",
  summary: "Asks web servers and APIs for their health",
  ports: httpPorts,
  test: async (scope, context) => (await import("./try-loopback.ts")).tryLoopback(scope, context),
  async *observe(scope, context) {
    const { scanner } = context;
    // What is open is told of by tcp, and there is nothing to ask.
    if (!scope.identify && scope.strategies.includes("tcp")) return;
    const observed = scanner.each(
      scanner.sweep(scope),
      (swept) => observeSwept(swept, scope, context),
      ({ endpoint }) => endpoint.address,
    );
    for await (const observation of observed) if (observation !== undefined) yield observation;
  },
};

export default http;
