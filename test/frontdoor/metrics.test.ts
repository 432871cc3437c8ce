import { expect } from "chai";
import { routeTable } from "../../components/frontdoor/routes";
import { planOf } from "../../stacks/plan";
import { settingsOf } from "../support/render";
import { FrontDoorUnderTest } from "./support/nginx";

describe("nginx's metrics", () => {
  let door: FrontDoorUnderTest;
  before(async () => {
    door = await FrontDoorUnderTest.start(routeTable(planOf(settingsOf("dev"))));
  });
  after(() => door.end());

  const page = async (path = "/metrics") => {
    const response = await fetch(`http://${door.layout.metrics}${path}`);
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      text: await response.text(),
    };
  };
  /** Values by name, and nothing but what Prometheus' text format has. */
  async function metrics(): Promise<Record<string, number>> {
    const { text } = await page();
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("# "));
    for (const line of lines) expect(line).to.match(/^[a-z_]+ \d+$/);
    return Object.fromEntries(lines.map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]));
  }

  it("[R8] are told by nginx itself, in the format and under the names of its exporter", async () => {
    expect((await page()).type).to.equal("text/plain; version=0.0.4");
    expect(Object.keys(await metrics())).to.deep.equal([
      "nginx_connections_active",
      "nginx_connections_reading",
      "nginx_connections_writing",
      "nginx_connections_waiting",
      "nginx_connections_accepted",
      "nginx_connections_handled",
      "nginx_http_requests_total",
    ]);
  });

  it("[R8] count every request", async () => {
    const before = await metrics();
    for (let request = 0; request < 10; request += 1) await door.plain("/health");
    const after = await metrics();
    const more = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
    // Each reading is two more: the page, and the status page that it is filled from.
    expect(more("nginx_http_requests_total")).to.equal(10 + 2);
    expect(more("nginx_connections_handled")).to.equal(more("nginx_connections_accepted"));
  });

  it("do not show the status page, nor any other path", async () => {
    expect((await page("/stub_status")).status).to.equal(404);
    expect((await page("/")).status).to.equal(404);
  });
});
