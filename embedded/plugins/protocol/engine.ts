import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";

export type Severity = "debug" | "info" | "warning" | "error";

/** What a plugin may say to the person who runs Pulumi. Never hand it a secret. */
export interface Engine {
  /** A line that stays in the output; under the resource when `urn` is given. */
  log(severity: Severity, message: string, urn?: string): void;
  /** The resource's current state while it is worked on; the next one takes its place. */
  status(urn: string, message: string): void;
}

const severities: Record<Severity, messages.LogSeverity> = {
  debug: messages.LogSeverity.DEBUG,
  info: messages.LogSeverity.INFO,
  warning: messages.LogSeverity.WARNING,
  error: messages.LogSeverity.ERROR,
};

/** Connects to the engine that started this plugin. Without an address, as when run by hand, it is silent. */
export function connectEngine(address: string | undefined): Engine {
  if (!address) return { log: () => {}, status: () => {} };
  const client = new EngineClient(address, credentials.createInsecure());

  return {
    log: (severity, message, urn) => send(severity, message, urn, false),
    status: (urn, message) => send("info", message, urn, true),
  };

  function send(severity: Severity, message: string, urn: string | undefined, ephemeral: boolean) {
    const request = new messages.LogRequest()
      .setSeverity(severities[severity])
      .setMessage(message)
      .setUrn(urn ?? "")
      .setEphemeral(ephemeral);
    client.log(request, (error) => {
      // Standard error is all that is left; the CLI shows it among the diagnostics.
      if (error) console.error(`could not report "${message}": ${error.message}`);
    });
  }
}
