import { expect } from "chai";
import { commentOf, LIMIT } from "../../../operations/review/comment";
import { readPreview } from "../../../operations/review/preview";
import { reviewOf } from "../../../operations/review/review";

const failed = (...messages: string[]) =>
  readPreview(
    "dev",
    JSON.stringify({ diagnostics: messages.map((message) => ({ severity: "error", message })) }),
  );
const commented = (...messages: string[]) => commentOf([reviewOf(failed(...messages))]);

describe("Pulumi's messages in a comment", () => {
  it("[R23] are at most 65,536 characters, however long one of them is, and say what is left out", () => {
    const long = `${"x".repeat(100_000)} and at its end the cause`;
    const comment = commented(`cannot connect: password=hunter2 ${long}`);
    expect(comment).to.have.length.of.at.most(65_536);
    expect(comment).to.match(/x… \d+ characters left out: see the job's log/);
    expect(comment).to.contain("cannot connect: password=[secret]");
  });

  it("[R23] are at most 65,536 characters when there are many, of many stacks", () => {
    const lines = Array.from({ length: 200 }, (_, line) => `line ${line} ${"y".repeat(900)}`).join("\n");
    const reviews = Array.from({ length: 40 }, () => reviewOf(failed(lines, lines)));
    const comment = commentOf(reviews);
    expect(LIMIT).to.equal(65_536);
    expect(comment).to.have.length.of.at.most(LIMIT);
    expect(comment.split("```").length % 2, "every block is closed").to.equal(1);
    expect(comment).to.contain("| dev | 0 | 0 | 0 | 0 | 0 |");
  });

  it("[R23] are at most 65,536 characters with names of any length among the risks", () => {
    const gone = (stack: string) =>
      readPreview(
        stack,
        JSON.stringify({
          steps: Array.from({ length: 20 }, (_, index) => ({
            op: "delete",
            urn: `urn:pulumi:${stack}::p::kubernetes:core/v1:Service::${index}`,
            oldState: {
              custom: true,
              inputs: { kind: "Service", metadata: { name: `${index}-${"n".repeat(9000)}` } },
            },
          })),
        }),
      );
    const comment = commentOf([reviewOf(gone("dev")), reviewOf(gone("prod"))]);
    expect(comment).to.have.length.of.at.most(LIMIT);
    expect(comment).to.contain("## Review: 20 risks in dev, 20 risks in prod");
  });

  const secrets: Record<string, string> = {
    "what is given to a password": "connect failed: password=hunter2",
    "a quoted one with blanks": `{"dbPassword": "hunter2 hunter2", "host": "postgres"}`,
    "one in JSON that is in a string": String.raw`body: "{\"api_key\":\"hunter2\"}"`,
    "an argument of a command": "psql --password hunter2 -h postgres",
    "a header": "Authorization: Bearer hunter2.hunter2-hunter2",
    "an access key": "AWS_SECRET_ACCESS_KEY: hunter2",
    "a URL": "dial postgres://auth:hunter2@postgres:5432/auth",
    "a URL with a token alone": "cannot read https://hunter2hunter2@github.com/acme/shop",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----",
    "a private key that is cut off": "bad key: -----BEGIN PRIVATE KEY-----\nhunter2\nhunter2",
    "a JSON Web Token": "token rejected: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.hunter2-signature",
  };
  for (const [what, message] of Object.entries(secrets)) {
    it(`[R23] never show ${what}`, () => {
      const review = reviewOf(failed(message));
      const told = commentOf([review]) + JSON.stringify(review);
      expect(told).to.contain("[secret]");
      expect(told).to.not.contain("hunter2");
    });
  }

  it("[R23] keep what only names a secret", () => {
    const message =
      "services.auth-service.secrets  JWT_SECRET is not set; run: pulumi config set --secret malai:JWT_SECRET";
    expect(commented(message)).to.contain(message);
  });
});
