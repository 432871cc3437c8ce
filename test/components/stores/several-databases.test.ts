import { expect } from "chai";
import { type Catalog, database } from "../../../model/catalog";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

describe("A service with several databases", () => {
  let resources: Rendered[];
  before(async () => {
    const uses = [database("shop"), database("user_data", { pool: 3, extensions: ["citext", "pg_trgm"] })];
    const services = {
      shop: { port: 3001, uses },
      reports: { port: 3002, uses: [database("shop", { access: "read" })] },
    };
    resources = await render({ ...(malai as Catalog), services }, settingsOf("dev", { services: {} }));
  });

  it("[N11] reads each one's URL from a Secret of its own, the first one's as DATABASE_URL too", () => {
    const [container] = objectOf(resources, "Deployment", "shop").spec.template.spec.containers;
    const found = container.env.filter(({ name }: { name: string }) => name.includes("DATABASE"));
    const url = (name: string, secret: string) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key: "url" } },
    });
    expect(found).to.have.deep.members([
      { name: "DATABASE_POOL_SIZE", value: "10" },
      { name: "SHOP_DATABASE_POOL_SIZE", value: "10" },
      { name: "USER_DATA_DATABASE_POOL_SIZE", value: "3" },
      url("DATABASE_URL", "postgres-shop"),
      url("SHOP_DATABASE_URL", "postgres-shop"),
      url("USER_DATA_DATABASE_URL", "postgres-shop-user-data"),
    ]);
  });

  it("[N11] has a Job for each login, which makes the extensions of that database", () => {
    const variables = (name: string) =>
      Object.fromEntries(
        objectOf(resources, "Job", name)
          .spec.template.spec.containers[0].env.filter(({ name }: { name: string }) =>
            /^(DATABASE|EXT)/.test(name),
          )
          .map(({ name, value }: { name: string; value: string }) => [name, value]),
      );
    expect(variables("postgres-shop")).to.deep.equal({ DATABASE: "shop" });
    expect(variables("postgres-shop-user-data")).to.deep.equal({
      DATABASE: "user_data",
      EXTENSIONS: "citext,pg_trgm",
    });
    expect(objectOf(resources, "Secret", "postgres-shop-user-data").stringData.value.url).to.match(
      /^postgresql:\/\/shop_user_data:[^@]+@postgres:5432\/user_data\?/,
    );
  });
});
