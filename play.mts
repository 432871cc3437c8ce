import { setTimeout as sleep } from "node:timers/promises";
import { Load } from "./bench/load/load.ts";
import { environment } from "./test/e2e/support/stack.ts";
import { makeVersion } from "./test/e2e/support/versions.ts";

const [what, arg] = process.argv.slice(2);
if (what === "make")
  for (const f of ["good", "errors", "slow", "crashing", "unready"] as const)
    console.log(await makeVersion("docker.io/malai/auth-service", f === "good" ? "2.0.0" : `2.0.0-${f}`, f));
if (what === "load") {
  const load = await Load.start({
    namespace: "platform-load",
    name: "load",
    image: "docker.io/malai/auth-service:1.0.0",
    env: environment,
    pods: 4,
    orders: {
      url: "https://nginx.malai.svc.cluster.local/api/auth/whoami",
      servername: "malai.localhost",
      headers: { host: "malai.localhost" },
      rate: 120,
      connections: 4,
      duration: Number(arg),
    },
  });
  for (let i = 0; i < Number(arg); i += 5) {
    await sleep(5000);
    const t = load.between(Date.now() - 6000);
    console.log(
      new Date().toISOString(),
      JSON.stringify(t.answered),
      JSON.stringify(t.failures),
      t.quantile(0.5),
      t.quantile(0.95),
    );
  }
  await load.stop();
  const t = load.between();
  console.log(t.requests, t.answered, t.failures);
}
