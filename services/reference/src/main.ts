import { ConfigurationError, readConfig } from "./config";
import { createService } from "./service";
import { shutdownOnSignal } from "./shutdown";

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const service = createService(config);
  shutdownOnSignal(service, config);
  await service.app.listen({ host: "0.0.0.0", port: config.port });
}

start().catch((error) => {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
});
