import type { Exclusive } from "./exclusive";

/** When a probe asks. */
export interface Timing {
  /** Seconds from the container's start to the first question. */
  initialDelay: number;
  /** Seconds between two questions. */
  period: number;
  /** Seconds for an answer. */
  timeout: number;
  /** How many questions in a row go wrong before something is done. */
  failures: number;
}

/** What is asked by the network. */
interface Asked {
  /** That is asked. @default the entry's `port` */
  port?: number;
}

/** What a probe asks, in one of four ways. */
export type Question = Exclusive<
  | (Asked & {
      /** HTTP: an answer below 400 is good. */
      path: string;
    })
  | (Asked & {
      /** The standard gRPC health service: the name to ask it for, or `""` for the server as a whole. */
      grpc: string;
    })
  | (Asked & {
      /** That a connection stands is good. */
      tcp: true;
    })
  | {
      /** A command in the container: exit code 0 is good. */
      exec: readonly string[];
    }
>;

/** One probe, with everything decided. */
export type Probe = Question & Timing;

/** The probes of every service that says nothing else. */
export interface Probes {
  /** Whether the container has to be started again. */
  liveness: Probe;
  /** Whether the pod may be sent requests. */
  readiness: Probe;
}

/** The probes of one service; times that are left out are those of the platform's probe of the same name. */
export interface OwnProbes {
  /** Whether the container has to be started again. */
  liveness: Question & Partial<Timing>;
  /** Whether the pod may be sent requests. */
  readiness: Question & Partial<Timing>;
  /** The other two begin when it has succeeded once. @default none; its times: every 5 s, for two minutes at most */
  startup?: Question & Partial<Timing>;
}
