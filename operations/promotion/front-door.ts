import { request } from "node:https";

/** Milliseconds. */
const TIMEOUT = 10_000;

/**
 * Asks for `/health` as a user would, with the certificate verified.
 * @param trusted PEM of the certificates to trust, where no public CA has signed it; @default the public ones
 * @returns what is wrong with the answer; nothing when it is 200
 */
export function frontDoorProblem(
  url: string,
  trusted?: string | readonly string[],
): Promise<string | undefined> {
  const target = new URL("/health", url);
  // RFC 6761: these names are this machine, whatever a resolver makes of them.
  const local = target.hostname.endsWith(".localhost");
  return new Promise((resolve) => {
    const call = request(
      target,
      {
        timeout: TIMEOUT,
        servername: target.hostname,
        ...(trusted && { ca: [trusted].flat() as string[] }),
        ...(local && { hostname: "127.0.0.1", headers: { host: target.host } }),
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200 ? undefined : `${target} answers ${response.statusCode}`);
      },
    );
    call.on("timeout", () => call.destroy(new Error(`no answer in ${TIMEOUT / 1000} s`)));
    call.on("error", (error) => resolve(`${target}: ${error.message}`));
    call.end();
  });
}
