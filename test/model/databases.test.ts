import { expect } from "chai";
import { type Catalog, database, service, type Use } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

const planOf = (uses: Record<string, readonly Use[]>) => {
  const services = Object.entries(uses).map(([name, uses], index) => [name, { port: 3000 + index, uses }]);
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

  it("[N11] refuses two logins of one name, and a name that is the platform's", () => {
    expect(lines({ a: [database("x"), database("b")], "a-b": [database("y")] })).to.deep.equal([
      "services.a-b: postgres-a-b, the name of the Secret of its login to y, is already the name of the Secret of a's login to b; give the service another name",
      "services.a-b: a_b, the name of its login to y, is already the name of a's login to b; give the service another name",
    ]);
    expect(lines({ web: [database("x"), database("metrics")], "web-x": [] })).to.deep.equal([]);
    expect(lines({ platform: [database("x"), database("metrics")] })).to.deep.equal([
      "services.platform: platform_metrics, the name of its login to metrics, is already the name of a role of the platform in Postgres; give the service another name",
    ]);
  });

  it("[N11] names the Secret of a further login as Kubernetes takes it", () => {
    const [shop] = planOf({ shop: [database("shop"), database("Order_Archive_")] }).services;
    expect(shop?.logins.map(({ name, username }) => [name, username])).to.deep.equal([
      ["postgres-shop", "shop"],
      ["postgres-shop-order-archive", "shop_Order_Archive_"],
    ]);
  });

  it("[N11] refuses a login whose Job would have too long a name", () => {
    const long = "d".repeat(57);
    expect(lines({ shop: [database("x"), database(long)] })).to.include(
      `services.shop.uses: postgres-shop-${long}, the name of its Job, has 71 letters, over the limit of 63; shorten the name of the service or of the database ${long}`,
    );
  });

  it("[N11] refuses a database whose variable would have a name that no annotation takes", () => {
    expect(lines({ shop: [database("x"), database("_y")] })).to.deep.equal([
      'services.shop.uses: "_Y_DATABASE_URL" is not the name of a variable; rename the database: it takes at most 63 letters, digits and _, a letter first, and no _ at the end',
    ]);
  });

  it("[R17] refuses two databases that would arrive in one variable, and one that is there twice", () => {
    expect(lines({ a: [database("x"), database("y_z"), database("y-z")] })).to.include(
      "services.a.uses: Y_Z_DATABASE_URL, which would be the URL of database y-z, is already the URL of database y_z; give what it uses another name",
    );
    expect(
      lines({ a: [database("x"), database("y"), service("x-database")], "x-database": [] }),
    ).to.deep.equal([
      "services.a.uses: X_DATABASE_URL, which would be the URL of x-database, is already the URL of database x; give what it uses another name",
    ]);
    expect(lines({ a: [database("x"), database("x")] })).to.include(
      "services.a.uses: the database x is there twice; name each database once",
    );
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
