import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { projectDir } from "../../stacks/stack-file";

/** What a command of Pulumi does. */
export interface Answer {
  /** What the engine tells whoever listens. */
  events?: object[];
  stdout?: string;
  stderr?: string;
  /** @default 0 */
  code?: number;
}

/** One command that Pulumi was given. */
export interface Call {
  args: string[];
  /** Text of its `--config-file`. */
  config?: string;
  /** Whether it prints to a file, which is there when its caller is not. */
  printsToFile: boolean;
  /** Whether it leads a group of processes, which no Ctrl-C of its caller's terminal reaches. */
  leadsGroup: boolean;
}

/** A `pulumi` on the PATH that answers what it was told to, with the event stream that the Automation API listens to. */
export class FakePulumi {
  /** Answers by the words that a command begins with, such as `stack output`. */
  readonly #answers: Record<string, Answer> = {};
  #folder = "";
  readonly #path = process.env.PATH;

  open(): void {
    this.#folder = mkdtempSync(join(tmpdir(), "pulumi-"));
    writeFileSync(join(this.#folder, "pulumi"), PROGRAM, { mode: 0o755 });
    process.env.PATH = `${this.#folder}${delimiter}${this.#path}`;
    this.answer("version", { stdout: "v3.246.0\n" });
  }

  close(): void {
    process.env.PATH = this.#path;
    rmSync(this.#folder, { recursive: true });
  }

  /** From now on; what was called before is forgotten. */
  answer(command: string, answer: Answer): void {
    this.#answers[command] = answer;
    writeFileSync(join(this.#folder, "answers"), JSON.stringify(this.#answers));
    writeFileSync(join(this.#folder, "calls"), "");
  }

  /** Every command but the question for its version. */
  get calls(): Call[] {
    const lines = readFileSync(join(this.#folder, "calls"), "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line)).filter(({ args }) => args[0] !== "version");
  }
}

/** The event of a step that is planned. */
export const planned = (op: string, kind: string, name: string, more: object = {}) => ({
  resourcePreEvent: {
    planning: true,
    metadata: {
      op,
      urn: `urn:pulumi:dev::p::platform:index:Platform$kubernetes:x/v1:${kind}::${name}`,
      type: `kubernetes:x/v1:${kind}`,
      new: { custom: true, inputs: { kind, metadata: { name } }, ...more },
    },
  },
});

const PROGRAM = `#!/usr/bin/env node
const { appendFileSync, fstatSync, readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const project = createRequire(${JSON.stringify(join(projectDir, "package.json"))});

const args = process.argv.slice(2);
const option = (name) => args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
const copy = option("--config-file");
const config = copy && readFileSync(copy, "utf8");
const printsToFile = fstatSync(1).isFile();
const [, , group] = readFileSync("/proc/self/stat", "utf8").replace(/^.*\\) /, "").split(" ");
const leadsGroup = Number(group) === process.pid;
appendFileSync(join(__dirname, "calls"), JSON.stringify({ args, config, printsToFile, leadsGroup }) + "\\n");

const answers = JSON.parse(readFileSync(join(__dirname, "answers"), "utf8"));
const key = Object.keys(answers).find((words) => args.join(" ").startsWith(words));
const { events = [], stdout = "", stderr = "", code = 0 } = answers[key] ?? { stderr: "no answer", code: 99 };
const log = option("--event-log");
if (log) send(log.replace("tcp://", ""), end);
else end();

function send(address, done) {
  const { credentials } = project("@grpc/grpc-js");
  const { EventsClient } = project("@pulumi/pulumi/proto/events_grpc_pb");
  const { EventRequest } = project("@pulumi/pulumi/proto/events_pb");
  const client = new EventsClient(address, credentials.createInsecure());
  const stream = client.streamEvents(done);
  for (const event of events) {
    const request = new EventRequest();
    request.setEvent(JSON.stringify(event));
    stream.write(request);
  }
  stream.end();
}

function end(error) {
  if (error) throw error;
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}
`;
