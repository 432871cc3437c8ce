import { expect } from "chai";
import { type Catalog, database, service, type Use } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

const planOf = (uses: Record<string, readonly Use[]>) => {
  const services = Object.entries(uses).map(([name, uses], index) => [name, { port: index + 1, uses }]);
  const catalog = { ...(malai as Catalog), services: Object.fromEntries(services) };
  return makePlan(catalog, settingsOf("prod", { services: {}, defaults: {} }));
};
const lines = (uses: Record<string, readonly Use[]>) =>
  check(planOf(uses)).map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);

describe("Databases of a catalog", () => {
  it("[N11] [R17] gives a service a login for each of its databases, the first one's as if it were alone", () => {
    const { services, databases } = planOf({
      shop: [database("shop"), database("user_data", { pool: 3, extensions: ["citext"] })],
      reports: [database("shop", { access: "read" })],
    });
    expect(services.map(({ logins }) => logins)).to.deep.equal([
      [
        {
          database: "shop",
          name: "postgres-shop",
          username: "shop",
          access: "owner",
          pool: 10,
          extensions: [],
          variables: ["DATABASE", "SHOP_DATABASE"],
        },
        {
          database: "user_data",
          name: "postgres-shop-user-data",
          username: "shop_user_data",
          access: "owner",
          pool: 3,
          extensions: ["citext"],
          variables: ["USER_DATA_DATABASE"],
        },
      ],
      [
        {
          database: "shop",
          name: "postgres-reports",
          username: "reports",
          access: "read",
          pool: 10,
          extensions: [],
          variables: ["DATABASE"],
        },
      ],
    ]);
    expect(databases).to.deep.equal([
      { name: "shop", services: ["shop", "reports"] },
      { name: "user_data", services: ["shop"] },
    ]);
  });

  it("[N11] counts the connections of every database of a service", () => {
    const plan = planOf({ shop: [database("a", { pool: 20 }), database("b", { pool: 40 })] });
    expect(
      check({ ...plan, postgres: plan.postgres && { ...plan.postgres, maxConnections: 500 } }),
    ).to.deep.equal([
      {
        at: "platform:postgres.maxConnections",
        problem: "500 is less than the 680 connections of all services at their largest",
        remedy: "write 680 or more, or lower the replicas or the pools of services with a database",
      },
    ]);
  });

  it("[R17] refuses a database of the server's own, and what is no name of one", () => {
    expect(lines({ a: [database("postgres")], b: [database("Orders")] })).to.deep.equal([
      'services.a.uses: the database "postgres" is the server\'s own; give it the name of what is in it',
      'services.b.uses: "Orders" is no name of a database; write at most 57 lower-case letters, digits, - and _, a letter first',
    ]);
  });

  it("[N11] refuses two logins of one name, and a name that is the platform's", () => {
    expect(lines({ a: [database("x"), database("b")], "a-b": [database("y")] })).to.deep.equal([
      "services.a-b.uses: its login to y would be a_b, which is that of a's b; rename the service or the database",
    ]);
    expect(lines({ "pg-proxy": [database("x")] })).to.deep.equal([
      "services.pg-proxy.uses: its login to x would be pg_proxy, which is that of Postgres itself; rename the service or the database",
    ]);
    expect(lines({ metrics: [database("x")], "x-owner": [database("y")] })).to.deep.equal([
      "services.metrics.uses: its login to x would be postgres-metrics, which is that of the platform; rename the service or the database",
      "services.x-owner.uses: its login to y would be x_owner, which is that of the tables of x; rename the service or the database",
    ]);
  });

  it("[N11] refuses a login whose Job would have too long a name", () => {
    const name = "s".repeat(55);
    expect(lines({ [name]: [database("x")] })).to.deep.equal([
      `services.${name}.uses: postgres-${name}, its login to x, is longer than the 63 characters that Kubernetes takes; shorten the name of the service or of the database`,
    ]);
  });

  it("[R17] refuses two databases that would arrive in one variable", () => {
    expect(lines({ a: [database("x"), database("y_z"), database("y-z")] })).to.include(
      "services.a.uses: Y_Z_DATABASE_URL, the address of y-z, is that of another edge as well; name each database once, and otherwise than a service",
    );
    expect(
      lines({ a: [database("x"), database("y"), service("x-database")], "x-database": [] }),
    ).to.deep.equal([
      "services.a.uses: X_DATABASE_URL, the address of x, is that of another edge as well; name each database once, and otherwise than a service",
    ]);
  });

  it("[N11] refuses to read a database that no service owns", () => {
    expect(lines({ a: [database("x", { access: "read" })] })).to.deep.equal([
      'services.a.uses: it reads the database "x", which no service owns; let one service have database("x") without access',
    ]);
  });

  it("[N11] does not compile with an extension that Postgres does not have", () => {
    // @ts-expect-error there is no extension "pg_trgmm"
    expect(database("x", { extensions: ["pg_trgmm"] })).to.have.property("kind", "database");
  });
});
