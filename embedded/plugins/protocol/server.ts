import { Server, ServerCredentials, type sendUnaryData } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { connectEngine, type Engine } from "./engine";
import { toServerError } from "./errors";
import { handlers } from "./handlers";
import type { Provider } from "./provider";

/** Bytes of one message, as the engine itself allows: a state may be large. */
const MAX_MESSAGE = 400 * 1024 * 1024;

/** Milliseconds between two looks whether the engine is still there. */
const PARENT_CHECK = 2000;

/**
 * Runs a plugin: listens on a free port of the loopback, prints it as the engine expects, and serves until the
 * engine ends this process. The engine's address is the last argument of the command line.
 */
export function serve(name: string, version: string, provider: (engine: Engine) => Provider): void {
  const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE,
    "grpc.max_send_message_length": MAX_MESSAGE,
  });
  const methods: Record<string, Method> = handlers(version, provider(connectEngine(engineAddress)));
  server.addService(
    ResourceProviderService,
    Object.fromEntries(Object.entries(methods).map(([method, handle]) => [method, unary(handle)])),
  );
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      console.error(`the ${name} plugin cannot listen: ${error.message}`);
      process.exit(1);
    }
    console.log(port);
  });
  exitWithEngine();
}

/** Takes one message and gives one; each method has its own types. */
type Method = (request: never) => Promise<object>;

/** The form in which gRPC wants a method. */
function unary(handle: Method) {
  return (call: { request: unknown }, done: sendUnaryData<object>) => {
    handle(call.request as never).then(
      (response) => done(null, response),
      (error: unknown) => done(toServerError(error)),
    );
  };
}

/** The engine that was killed cannot end its plugins; they would stay behind and hold on to their waits. */
function exitWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(0);
  }, PARENT_CHECK).unref();
}
