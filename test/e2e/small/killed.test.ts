import { expect } from "chai";
import { killDuring, pendingIn } from "../support/kill";
import { loginOf, objectsInCluster, objectsInState, passwords } from "../support/ownership";
import { small } from "../support/small";

/** The first `up` of a stack is killed three times, each time while something exists that its state does not know. */
describe("A first up that is killed with kill -9, Pulumi and its provider", () => {
  let passwordsBefore: Record<string, string> = {};

  const kill = (operation: RegExp, command: "pulumi up" | "make up") => {
    const checkpoint = () => small.checkpoint();
    return killDuring({ operation, checkpoint }, small.start(command));
  };

  it("while the namespace and its first objects are created: the state knows what was begun", async () => {
    const first = /^creating (Namespace|ResourceQuota|LimitRange|NetworkPolicy|ServiceAccount|ConfigMap) /;
    const begun = await kill(first, "pulumi up");
    expect(pendingIn(await small.checkpoint())).to.include(begun);
  });

  it("while Postgres is awaited: make up had settled what was begun, and had gone on", async () => {
    const operation = "creating StatefulSet small-postgres";
    expect(await kill(new RegExp(`^${operation}$`), "make up")).to.equal(operation);
    expect(pendingIn(await small.checkpoint())).to.include(operation);
    passwordsBefore = await passwords();
    expect(passwordsBefore).to.include.keys("postgres-admin/password", "service-secrets/JWT_SECRET");
  });

  it("while the login to a database is made: make up had taken Postgres over, and had gone on", async () => {
    const { uid } = (await small.get("statefulset", "postgres")).metadata;
    const operation = "creating Job small-database-auth-service";
    expect(await kill(new RegExp(`^${operation}$`), "make up")).to.equal(operation);
    expect((await small.get("statefulset", "postgres")).metadata.uid, "not replaced").to.equal(uid);
  });

  it("is healed by make up, which changes nothing afterwards", async () => {
    const { exitCode, all } = await small.makeUp();
    expect(exitCode, all).to.equal(0);
    expect(all).to.match(/Job small-database-auth-service exists after the interrupted run/);
    expect(await small.changes()).to.deep.equal([]);
  });

  it("leaves no object that the state does not know, nor one under two managers", async () => {
    expect(await objectsInCluster()).to.deep.equal(await objectsInState());
  });

  it("loses no password: each is as it was, and the service logs in with its own", async () => {
    expect(await passwords()).to.include(passwordsBefore);
    expect(await loginOf("auth-service")).to.equal("auth_service");
  });
});
