import { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import {
  RECORD_NAME,
  readRecord,
  type VerifiedRecord,
  writeRecord,
} from "../../../operations/promotion/record";
import { readStack } from "../../../operations/stack/stack-file";
import { ApiServer } from "../../support/api-server";

const dev = readStack("dev");
const record = (digit: string): VerifiedRecord => ({
  stack: "dev",
  catalog: "malai",
  commit: digit.repeat(40),
  time: "2026-01-02T03:04:05.000Z",
  images: { nginx: `sha256:${digit.repeat(64)}` },
});

describe("The record of a verified stack, on a real API server", function () {
  this.timeout(90_000);
  let server: ApiServer;
  let cluster: KubeConfig;

  before(async () => {
    server = await ApiServer.start();
    cluster = new KubeConfig();
    cluster.loadFromFile(server.kubeconfig);
    const metadata = { name: dev.plan.namespace };
    await server.request("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
  });
  after(() => server?.stop());

  it("[C6] is none before the first one, and the last one after that", async () => {
    expect(await readRecord(cluster, dev)).to.equal(undefined);
    await writeRecord(cluster, dev, record("1"));
    await writeRecord(cluster, dev, record("2"));
    expect(await readRecord(cluster, dev)).to.deep.equal(record("2"));
  });

  it("[C6] says who wrote it, so that it is not taken for a part of the stack", async () => {
    await writeRecord(cluster, dev, record("1"));
    const { metadata } = await server.request<{ metadata: { labels: object } }>("GET", path);
    expect(metadata.labels).to.deep.equal({
      "app.kubernetes.io/managed-by": "ops",
      "app.kubernetes.io/part-of": "malai",
    });
  });

  it("[C6] is none when something else is written in it", async () => {
    await writeRecord(cluster, dev, record("1"));
    for (const text of ["verified, honestly", '{"stack": "dev", "commit": "HEAD"}']) {
      await server.request("PATCH", path, { data: { record: text } });
      expect(await readRecord(cluster, dev), text).to.equal(undefined);
    }
  });

  const path = `/api/v1/namespaces/${dev.plan.namespace}/configmaps/${RECORD_NAME}`;
});
