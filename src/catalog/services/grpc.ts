import type { CatalogEntry } from "../../model/catalog.ts";

/** No probe of its own: gRPC is told by an exchange over HTTP/2. */
const entry: CatalogEntry = {
  type: "grpc",
  title: "gRPC",
  category: "rpc",
  summary: "Remote procedure calls over HTTP/2",
  ports: [50051],
  scheme: "grpc",
  tlsScheme: "grpcs",
  examples: [],
};

export default entry;
