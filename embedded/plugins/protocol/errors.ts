import { Metadata, type ServerErrorResponse, status } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import { type Properties, toStruct } from "./values";

/**
 * The object exists, but is not as it should be. The engine keeps it in the state with the reasons, and the
 * next update goes on from there instead of creating it again.
 */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Properties,
    readonly reasons: string[],
    /** Inputs to keep; only a read gives them. */
    readonly inputs?: Properties,
  ) {
    super(reasons.join("\n"));
    this.name = "PartialFailure";
  }
}

/** Where gRPC expects a serialized `google.rpc.Status` with its details. */
const DETAILS_KEY = "grpc-status-details-bin";

/**
 * The form in which gRPC takes an error. A `PartialFailure` brings the object along. Everything else says that
 * nothing happened: a code such as `UNKNOWN` would make the engine distrust its state.
 */
export function toServerError(error: unknown): ServerErrorResponse {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof PartialFailure)) {
    return { name: "Error", code: status.FAILED_PRECONDITION, message, details: message };
  }
  const failure = new messages.ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(toStruct(error.outputs))
    .setReasonsList(error.reasons);
  if (error.inputs) failure.setInputs(toStruct(error.inputs));
  const detail = new any.Any();
  detail.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const response = new statuses.Status().setCode(status.UNKNOWN).setMessage(message).setDetailsList([detail]);
  const metadata = new Metadata();
  metadata.add(DETAILS_KEY, Buffer.from(response.serializeBinary()));
  return { name: "Error", code: status.UNKNOWN, message, details: message, metadata };
}
