import { expect } from "chai";
import { UserError } from "../../../operations/errors";
import { commentOf, LIMIT, MARKER } from "../../../operations/review/comment";
import { reviewFiles } from "../../../operations/review/index";
import { readPreview } from "../../../operations/review/preview";
import { reviewOf } from "../../../operations/review/review";
import { deployment, previewOf, recorded } from "./objects";

describe("Comment on a pull request", () => {
  const comment = commentOf([reviewOf(recorded("risky")), reviewOf(recorded("same", "prod"))]);

  it("[C5] begins with its marker and says at once how much there is to think about", () => {
    expect(comment.split("\n\n").slice(0, 2)).to.deep.equal([
      MARKER,
      "## Review: 11 risks in dev, no risk in prod",
    ]);
  });

  it("[C5] tells risks first, then cpu and memory of each environment, then counts, then folded details", () => {
    const places = [
      "**Data at risk**\n- `StatefulSet postgres` is replaced",
      "**Deleted**",
      "**Newly exposed**\n- `https://malai.localhost/refunds/` can be reached from outside",
      "| fewest pods | 1 → 1130m (**+130m**) | 1472Mi → 1600Mi (**+128Mi**) |",
      "### prod\n\nNothing changes.",
      "**Requested** by all pods: unchanged, cpu 1 to 1900m, memory 1472Mi to 3008Mi.",
      "| dev | 8 | 9 | 1 | 5 | 53 |\n| prod | 0 | 0 | 0 | 0 | 68 |",
      "<details><summary>20 changes in dev</summary>",
    ].map((text) => comment.indexOf(text));
    expect(places).to.not.include(-1);
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
  });

  it("[C5] shows a configuration file line by line", () => {
    expect(comment).to.contain(
      "  +         location /refunds/ {\n  +             proxy_pass http://refund-service;",
    );
    expect(comment).to.not.contain("location /ws/");
  });

  it("[C5] shows of a list what is new in it, not everything behind that", () => {
    expect(commentOf([reviewOf(recorded("edge"))])).to.contain(
      "- **update** `Sidecar auth-service`\n\n  ```diff\n  @@ spec.egress[0].hosts @@\n" +
        "  + ./payment-service.malai.svc.cluster.local\n  ```",
    );
  });

  it("[C5] stays within GitHub's limit, and says how much it leaves out", () => {
    const configs = Array.from({ length: 400 }, (_, index) => ({
      op: "update" as const,
      old: { kind: "ConfigMap", metadata: { name: `config-${index}` }, data: { text: "a\n".repeat(200) } },
      new: { kind: "ConfigMap", metadata: { name: `config-${index}` }, data: { text: "b\n".repeat(200) } },
    }));
    const gone = Array.from({ length: 400 }, (_, index) => ({
      op: "delete" as const,
      old: { kind: "Service", metadata: { name: `${"long".repeat(15)}-${index}` }, spec: {} },
    }));
    const long = commentOf([reviewOf(previewOf(...configs, ...gone)), reviewOf(recorded("risky", "prod"))]);
    expect(long).to.have.length.within(LIMIT / 2, LIMIT);
    expect(long).to.match(/\n\d+ changes left out: see the job's log\.\n/);
    expect(long).to.contain("- and 380 more");
    expect(count(long, "<details>")).to.equal(count(long, "</details>"));
  });

  it("[C5] has no sums where unchanged resources are not in the preview", () => {
    const step = { op: "update", old: deployment("api", { cpu: "1" }), new: deployment("api", { cpu: "2" }) };
    const preview = { ...previewOf(step as never), counts: { update: 1, same: 40 } };
    expect(commentOf([reviewOf(preview)])).to.contain(
      "by the pods that change (taken without `--show-sames`)",
    );
  });

  it("[C5] says why there is no preview, instead of nothing", () => {
    const failed = commentOf([reviewOf(recorded("refused"))]);
    expect(failed).to.contain("## Review: no preview of dev");
    expect(failed).to.contain("services.event-service.scale  max 60 is over the limit of 10; lower it");
  });

  it("lets no name in a preview write Markdown or HTML, mention a user or close a fence", () => {
    const name = "x` <img src=1> @everyone | `` y\n# head";
    const text = commentOf([
      reviewOf(
        previewOf(
          { op: "delete", old: { kind: "Service", metadata: { name } } },
          {
            op: "update",
            old: { kind: "ConfigMap", metadata: { name: "c" }, data: { a: "1\n" } },
            new: { kind: "ConfigMap", metadata: { name: "c" }, data: { a: "```\n</details>\n# head" } },
          },
        ),
      ),
    ]);
    expect(text).to.contain("- ```Service x` <img src=1> @everyone | `` y # head``` is deleted");
    expect(text).to.contain("  ````diff\n  @@ data.a @@\n");
    expect(text.split("\n").filter((line) => line.startsWith("# head"))).to.deep.equal([]);
  });
});

describe("Secrets in a preview", () => {
  const secret = "hunter2-hunter2";
  const inputs = (data: object) => JSON.stringify({ steps: [update(data)], changeSummary: { update: 1 } });

  const leaks: Record<string, object> = {
    "the data of a Secret": { kind: "Secret", data: { key: secret }, stringData: { key: secret } },
    "a value that Pulumi wrapped": { a: { "4dabf18193072939515e22adb298388d": "sig", value: secret } },
    "a field with a secret's name": { adminPassword: secret },
    "a variable with a secret's name": { env: [{ name: "JWT_SECRET", value: secret }] },
    "the password in a URL": { data: { url: `postgres://auth:${secret}@postgres:5432/auth` } },
    "a line of a configuration file": { data: { "app.conf": `user = auth\npassword = ${secret}\n` } },
    "a private key": {
      data: { key: `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----` },
    },
  };
  for (const [what, data] of Object.entries(leaks)) {
    it(`[O11] never show: ${what}`, () => {
      const review = reviewOf(readPreview("dev", inputs(data)));
      expect(commentOf([review])).to.contain("[secret]");
      expect(commentOf([review]) + JSON.stringify(review)).to.not.contain("hunter2");
    });
  }

  it("[O11] are told by the place where they change", () => {
    expect(commentOf([reviewOf(recorded("risky"))])).to.contain(
      "@@ stringData.LINE_CHANNEL_ACCESS_TOKEN @@\n    [secret]",
    );
  });

  /** It comes with the update, so that the comment shows it if nothing hides it. */
  function update(data: object) {
    const state = (more: object) => ({ custom: true, inputs: { kind: "ConfigMap", ...more } });
    return { op: "update", urn: "urn:pulumi:dev::p::t:T::n", oldState: state({}), newState: state(data) };
  }
});

describe("Files of previews", () => {
  it("name the file that is missing and the command that writes it", () => {
    expect(() => reviewFiles(["nowhere/dev.json"])).to.throw(
      UserError,
      "nowhere/dev.json cannot be read: ENOENT\n  write it with: pulumi preview --stack <stack> --json --show-sames",
    );
  });

  it("are refused when they hold something else", () => {
    expect(() => readPreview("dev", "Previewing update (dev)")).to.throw(
      UserError,
      "the preview of dev is not what pulumi preview --json prints",
    );
  });

  it("are named after their stack, or with it", () => {
    const path = "test/operations/review/recorded/same.json";
    expect(reviewFiles([path, `prod=${path}`]).map(({ stack }) => stack)).to.deep.equal(["same", "prod"]);
  });
});

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
