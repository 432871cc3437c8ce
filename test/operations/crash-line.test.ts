import { expect } from "chai";
import { causeOf } from "../../operations/crash-line";

/** Logs as programs leave them when they crash, and the line that says why. */
const LOGS: Record<string, [log: string, cause: string]> = {
  "uvicorn (Python)": [
    `INFO:     Started server process [1]
INFO:     Waiting for application startup.
ERROR:    Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/starlette/routing.py", line 732, in lifespan
    async with self.lifespan_context(app) as maybe_state:
  File "/app/main.py", line 12, in startup
    raise RuntimeError("DATABASE_URL is not set")
RuntimeError: DATABASE_URL is not set

ERROR:    Application startup failed. Exiting.`,
    "RuntimeError: DATABASE_URL is not set",
  ],
  "Python, of the last of two exceptions": [
    `Traceback (most recent call last):
  File "/app/a.py", line 2, in <module>
    socket.create_connection(("postgres", 5432))
ConnectionRefusedError: [Errno 111] Connection refused

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/a.py", line 4, in <module>
    raise shop.errors.NoDatabase("postgres:5432 refuses connections")
shop.errors.NoDatabase: postgres:5432 refuses connections`,
    "shop.errors.NoDatabase: postgres:5432 refuses connections",
  ],
  "Python with a message of several lines": [
    `Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    Settings()
pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings
database_url
  Field required [type=missing, input_value={}, input_type=dict]`,
    "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings database_url Field required [type=missing, input_value={}, input_type=dict]",
  ],
  "Node.js": [
    `node:internal/modules/cjs/loader:1228
  throw err;
  ^

Error: Cannot find module '/app/server.js'
    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)
    at node:internal/main/run_main_module:28:49 {
  code: 'MODULE_NOT_FOUND',
  requireStack: []
}

Node.js v20.19.2`,
    "Error: Cannot find module '/app/server.js'",
  ],
  Go: [
    `2026/01/01 12:00:00 starting
panic: dial tcp: lookup postgres: no such host

goroutine 1 [running]:
main.main()
	/app/main.go:8 +0x45
exit status 2`,
    "panic: dial tcp: lookup postgres: no such host",
  ],
  Java: [
    `Exception in thread "main" java.lang.IllegalStateException: Failed to start
	at shop.Main.main(Main.java:5)
Caused by: java.net.UnknownHostException: postgres
	at shop.Db.open(Db.java:9)
	... 1 more`,
    "Caused by: java.net.UnknownHostException: postgres",
  ],
  Rust: [
    `thread 'main' panicked at src/main.rs:4:37:
DATABASE_URL must be set: NotPresent
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace`,
    "thread 'main' panicked at src/main.rs:4:37: DATABASE_URL must be set: NotPresent",
  ],
  ".NET": [
    `Unhandled exception. System.InvalidOperationException: no connection string
   at Shop.Program.Main() in /app/Program.cs:line 6`,
    "Unhandled exception. System.InvalidOperationException: no connection string",
  ],
  nginx: [
    `/docker-entrypoint.sh: Configuration complete; ready for start up
nginx: [emerg] duplicate location "/health" in /etc/nginx/nginx.conf:97
nginx: configuration file /etc/nginx/nginx.conf test failed`,
    'nginx: [emerg] duplicate location "/health" in /etc/nginx/nginx.conf:97',
  ],
  Postgres: [
    `FATAL:  data directory "/var/lib/postgresql/data" has wrong ownership
HINT:  The server must be started by the user that owns the data directory.`,
    'FATAL:  data directory "/var/lib/postgresql/data" has wrong ownership',
  ],
  "a log in JSON": [
    `{"level":"info","msg":"starting"}
{"level":"error","msg":"JWT key is too short"}
{"level":"info","msg":"bye"}`,
    '{"level":"error","msg":"JWT key is too short"}',
  ],
  "whatever says nothing of that kind": [
    "starting\nno such file: /app/config.json\n\n",
    "no such file: /app/config.json",
  ],
};

describe("The line of a log that says why a container crashed", () => {
  for (const [program, [log, cause]] of Object.entries(LOGS)) {
    it(`[R56] is found: ${program}`, () => {
      expect(causeOf(log)).to.equal(cause);
    });
  }

  it("[R56] is none of an empty log, no secret, and no longer than people read", () => {
    expect(causeOf("\n \n")).to.equal(undefined);
    expect(causeOf("Error: cannot connect to postgres://auth:hunter2@postgres/auth")).to.equal(
      "Error: cannot connect to postgres://auth:[secret]@postgres/auth",
    );
    expect(causeOf(`Error: ${"x".repeat(5000)}`)).to.have.lengthOf(500);
  });
});
