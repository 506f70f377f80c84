import type { Catalog, CatalogEntry } from "../model/catalog.ts";

/** One line a service; a test compares it with the folder. */
const SERVICES: readonly (() => Promise<{ readonly default: CatalogEntry }>)[] = [
  () => import("./services/activemq.ts"),
  () => import("./services/alertmanager.ts"),
  () => import("./services/amqp.ts"),
  () => import("./services/apache.ts"),
  () => import("./services/beanstalkd.ts"),
  () => import("./services/caddy.ts"),
  () => import("./services/cassandra.ts"),
  () => import("./services/chromadb.ts"),
  () => import("./services/clickhouse.ts"),
  () => import("./services/cognee.ts"),
  () => import("./services/consul.ts"),
  () => import("./services/couchdb.ts"),
  () => import("./services/dns.ts"),
  () => import("./services/docker.ts"),
  () => import("./services/docker-registry.ts"),
  () => import("./services/elasticsearch.ts"),
  () => import("./services/envoy.ts"),
  () => import("./services/etcd.ts"),
  () => import("./services/ftp.ts"),
  () => import("./services/gitea.ts"),
  () => import("./services/grafana.ts"),
  () => import("./services/grpc.ts"),
  () => import("./services/haproxy.ts"),
  () => import("./services/http.ts"),
  () => import("./services/imap.ts"),
  () => import("./services/influxdb.ts"),
  () => import("./services/jaeger.ts"),
  () => import("./services/jenkins.ts"),
  () => import("./services/kafka.ts"),
  () => import("./services/kubernetes.ts"),
  () => import("./services/langchain.ts"),
  () => import("./services/ldap.ts"),
  () => import("./services/lighttpd.ts"),
  () => import("./services/llama-cpp.ts"),
  () => import("./services/llamaindex.ts"),
  () => import("./services/lmstudio.ts"),
  () => import("./services/loki.ts"),
  () => import("./services/meilisearch.ts"),
  () => import("./services/memcached.ts"),
  () => import("./services/milvus.ts"),
  () => import("./services/minio.ts"),
  () => import("./services/mongodb.ts"),
  () => import("./services/mqtt.ts"),
  () => import("./services/mssql.ts"),
  () => import("./services/mysql.ts"),
  () => import("./services/nats.ts"),
  () => import("./services/neo4j.ts"),
  () => import("./services/nginx.ts"),
  () => import("./services/node-exporter.ts"),
  () => import("./services/nomad.ts"),
  () => import("./services/ollama.ts"),
  () => import("./services/open-webui.ts"),
  () => import("./services/opensearch.ts"),
  () => import("./services/pop3.ts"),
  () => import("./services/postgresql.ts"),
  () => import("./services/prometheus.ts"),
  () => import("./services/qdrant.ts"),
  () => import("./services/rabbitmq.ts"),
  () => import("./services/rdp.ts"),
  () => import("./services/redis.ts"),
  () => import("./services/rsync.ts"),
  () => import("./services/sglang.ts"),
  () => import("./services/smtp.ts"),
  () => import("./services/solr.ts"),
  () => import("./services/sonde-agent.ts"),
  () => import("./services/ssh.ts"),
  () => import("./services/telnet.ts"),
  () => import("./services/traefik.ts"),
  () => import("./services/typesense.ts"),
  () => import("./services/vault.ts"),
  () => import("./services/vllm.ts"),
  () => import("./services/vnc.ts"),
  () => import("./services/weaviate.ts"),
  () => import("./services/zookeeper.ts"),
];

/** A catalog of the given entries. */
export function createCatalog(entries: readonly CatalogEntry[]): Catalog {
  const byType = new Map(entries.map((entry) => [entry.type, entry]));
  const ports = [...new Set(entries.flatMap((entry) => entry.ports))].toSorted((a, b) => a - b);
  return { entries, ports, get: (type) => byType.get(type) };
}

/** Every service sonde knows. One file after the other: all at once, they need more descriptors than some may have. */
export async function loadCatalog(): Promise<Catalog> {
  const entries: CatalogEntry[] = [];
  for (const load of SERVICES) entries.push((await load()).default);
  return createCatalog(entries);
}
