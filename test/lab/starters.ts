import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { IMAGE } from "./docker-image.ts";
import type { Docker } from "./docker.ts";
import type { Host } from "./host.ts";
import { killAll } from "./processes.ts";
import { type Project, SERVER, processesOf } from "./project.ts";

export interface ServiceAtPort {
  readonly name: string;
  readonly port: number;
}

/** A way in which stacks start services: how it is written, and how a test sees and does the same past sonde. */
export interface Starter {
  /** What stands after `start:`. */
  spec(service: ServiceAtPort): string;
  /** What a stack's folder needs besides its file. */
  layOut(project: Project, services: readonly ServiceAtPort[]): void;
  /** What runs of a service: ids of containers, or process ids. */
  instances(project: Project, service: ServiceAtPort): Promise<string[]>;
  startByHand(project: Project, service: ServiceAtPort): Promise<void>;
  /** Ends instances past sonde, at once. */
  kill(instances: readonly string[]): Promise<void>;
  /** By what can be seen of a start under way: moments at which a boot may be killed. */
  readonly moments: Readonly<Record<string, (project: Project, service: ServiceAtPort) => Promise<boolean>>>;
}

/** Commands that run `boot-server.js`. */
export function commandStarter(local: Host): Starter {
  return {
    spec: ({ name }) =>
      `{ command: [node, ${SERVER}, --port, "\${port}", --name, ${name}, --health-after, "500"] }`,
    layOut: () => {},
    instances: async (_, service) => pids(service).map(String),
    startByHand: async (_, { port, name }) => {
      const argv = [process.execPath, SERVER, "--port", String(port), "--name", name];
      await local.start({ name, port, listen: ["127.0.0.1"], argv });
    },
    kill: (instances) => killAll(instances.map(Number)),
    moments: {
      "its process is there": async (_, service) => pids(service).length > 0,
      "it answers": async (_, { port }) => answers(port),
    },
  };
}

function pids({ port }: ServiceAtPort): number[] {
  return processesOf(`${SERVER} --port ${port} `);
}

/** Services of a compose file, `busybox httpd` with a page at /health after half a second. */
export function composeStarter(docker: Docker): Starter {
  const containers = async (
    { folder }: Project,
    { name }: ServiceAtPort,
    ...more: string[]
  ): Promise<string[]> => {
    const labels = [`service=${name}`, `project.working_dir=${folder}`];
    const filters = labels.map((label) => `--filter=label=com.docker.compose.${label}`);
    const listed = await docker.run(["docker", "ps", "--quiet", "--no-trunc", ...filters, ...more]);
    return listed.split(/\s+/).filter(Boolean);
  };
  return {
    spec: ({ name }) => `{ compose: compose.yaml, service: ${name} }`,
    layOut: (project, services) => {
      mkdirSync(path.join(project.folder, "www"));
      writeFileSync(path.join(project.folder, "www", "health"), "well\n");
      project.write("compose.yaml", composeFile(services));
    },
    instances: (project, service) => containers(project, service, "--all"),
    startByHand: async (project, { name }) => {
      const file = path.join(project.folder, "compose.yaml");
      const place = [`--project-directory=${project.folder}`, `--file=${file}`];
      await docker.run([...docker.compose, ...place, "up", "--detach", name]);
    },
    kill: async (instances) => {
      if (instances.length > 0) await docker.run(["docker", "rm", "--force", ...instances]);
    },
    moments: {
      "its client is there": async () => processesOf(" up -d ").length > 0,
      "its container is there": async (...of) => (await containers(...of, "--all")).length > 0,
    },
  };
}

/** `init`: as process 1 busybox heeds no SIGTERM. */
function composeFile(services: readonly ServiceAtPort[]): string {
  const texts = services.map(
    ({ name, port }) => `
  ${name}:
    image: ${IMAGE}
    init: true
    command: [sh, -c, "sleep 0.5; exec httpd -f -p 80 -h /www"]
    ports: ["127.0.0.1:${port}:80"]
    volumes: ["./www:/www:ro"]`,
  );
  return `version: "2.4"\nservices:${texts.join("")}\n`;
}

/** Whether HTTP is answered at a port of this machine. */
export async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}
