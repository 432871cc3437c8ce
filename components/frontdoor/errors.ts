import { ERROR_PATHS } from "../../model/paths";

/** An answer of nginx itself: its status, and what is said. */
interface OwnAnswer {
  status: number;
  error: string;
  /** Seconds after which it is worth another try. */
  retryAfter?: number;
}

/** nginx's own statuses that clients know by another number, or that have one for themselves. */
const OWN_ANSWERS: Readonly<Record<number, OwnAnswer>> = {
  400: { status: 400, error: "the request is not understood" },
  403: { status: 403, error: "this is not allowed" },
  404: { status: 404, error: "no such path" },
  405: { status: 405, error: "the method is not allowed here" },
  408: { status: 408, error: "the request did not arrive in time" },
  411: { status: 411, error: "the length of the body is missing" },
  413: { status: 413, error: "the body is too large" },
  414: { status: 414, error: "the address is too long" },
  421: { status: 421, error: "the connection is for another host" },
  429: { status: 429, error: "too many requests", retryAfter: 1 },
  // Header fields that are too large.
  494: { status: 431, error: "the header fields are too large" },
  // Certificates of clients, which nginx does not ask for; and HTTP at the port of HTTPS.
  495: { status: 400, error: "the certificate of the client is not accepted" },
  496: { status: 400, error: "the certificate of the client is missing" },
  497: { status: 400, error: "this port speaks HTTPS" },
  // Its own means that there is no space for the body, or no file: until others have been sent on.
  500: { status: 503, error: "too much at once", retryAfter: 5 },
  501: { status: 501, error: "the request is of a kind that is not known" },
  502: { status: 502, error: "the service did not answer" },
  503: { status: 503, error: "no replica is ready", retryAfter: 5 },
  504: { status: 504, error: "the service did not answer in time" },
};

const placeOf = (code: number) => `${ERROR_PATHS}/${code}`;

/**
 * Where nginx finds its own answers. A location with an `error_page` of its own forgets those of its server, and must
 * repeat them.
 * @param except statuses that are dealt with in another way
 */
export const errorPages = (except: readonly number[] = []): string =>
  codes()
    .filter((code) => !except.includes(code))
    .map((code) => `error_page ${code} = ${placeOf(code)};`)
    .join("\n            ");

/** nginx's own answers as JSON, for each of its servers. What a service answers passes as it is. */
export const errorLocations = (hsts: string): string =>
  codes()
    .map((code) => {
      const { status, error, retryAfter } = OWN_ANSWERS[code] as OwnAnswer;
      const header = retryAfter ? `add_header Retry-After ${retryAfter} always;\n            ${hsts}` : "";
      // Not a named location: before nginx has read the path of a request, it can lead to none.
      return `        location = ${placeOf(code)} {
            internal;
            ${header}
            return ${status} '${JSON.stringify({ error })}';
        }
`;
    })
    .join("\n");

const codes = () => Object.keys(OWN_ANSWERS).map(Number);
