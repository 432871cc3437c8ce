import { expect } from "chai";
import { loginScript } from "../../../components/stores/login-script";
import type { LoginPlan } from "../../../model/logins";
import { type RunningPostgres, startPostgres } from "../../support/postgres";

describe("The script of a login, in a real Postgres", () => {
  let postgres: RunningPostgres;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.end());

  const login = (LOGIN: string, { access = "owner", extensions = [] }: Partial<LoginPlan> = {}) =>
    postgres.psql(loginScript({ access, extensions }), {
      env: { LOGIN, LOGIN_PASSWORD: "x", DATABASE: "orders", EXTENSIONS: extensions.join() },
    });
  const as = (user: string, script: string) => postgres.psql(script, { user, database: "orders" });
  const refusal = (user: string, script: string) =>
    as(user, script).then(
      (answer) => `answered: ${answer}`,
      (error: Error) => error.message,
    );

  it("[N11] gives a login that reads every table, those of later too, and no right to change one", async () => {
    await login("shop");
    await as("shop", "CREATE TABLE early AS SELECT 1 AS value");
    await login("report", { access: "read" });
    await as(
      "shop",
      "CREATE TABLE late AS SELECT 2 AS value; CREATE SCHEMA more; CREATE TABLE more.t AS SELECT 3 AS value",
    );
    expect(await as("report", "SELECT value FROM early")).to.equal("1");
    expect(await as("report", "SELECT value FROM late")).to.equal("2");
    expect(await as("report", "SELECT value FROM more.t")).to.equal("3");
    expect(await refusal("report", "DELETE FROM early")).to.contain("permission denied for table early");
    expect(await refusal("report", "CREATE TABLE mine (a int)")).to.contain(
      "permission denied for schema public",
    );
  });

  it("[N11] lets a login that only reads into no other database", async () => {
    await postgres.psql("CREATE DATABASE other; REVOKE ALL ON DATABASE other FROM PUBLIC");
    const entered = postgres.psql("SELECT 1", { user: "report", database: "other" });
    expect(await entered.catch((error: Error) => error.message)).to.contain(
      'permission denied for database "other"',
    );
  });

  it("[N11] makes extensions in the database before the service starts, and does no harm when it runs again", async () => {
    const extensions = ["pg_trgm", "uuid-ossp"] as const;
    await login("shop", { extensions });
    await login("shop", { extensions });
    expect(await as("shop", "SELECT extname FROM pg_extension ORDER BY 1")).to.equal(
      "pg_trgm\nplpgsql\nuuid-ossp",
    );
    expect(await as("shop", "SELECT similarity('word', 'word')")).to.equal("1");
  });

  it("[N11] makes a reader of an owner and an owner of a reader, as the catalog says last", async () => {
    await login("shop", { access: "read" });
    expect(await refusal("shop", "DROP TABLE early")).to.contain("must be owner of table early");
    await login("shop");
    expect(await as("shop", "DROP TABLE early; SELECT current_user")).to.equal("orders_owner");
  });
});
