import { expect } from "chai";
import type { HttpRule } from "../../../components/mesh/objects";
import { frontDoorInsideOf, frontDoorOf, virtualServiceOf } from "../../../components/mesh/virtual-services";
import { dealcycle } from "../../../platforms/dealcycle";
import { planFor, serviceOf } from "./plans";

const COOKIE = "users_service_release";

const byWeight = new Map<number, HttpRule[]>();

/** The rules for users-service, whose clients stay where they are by a cookie. */
function rulesAt(weight: number): HttpRule[] {
  const rules = byWeight.get(weight) ?? rulesOf({ weight, steps: [10, 25, 50, 100] });
  byWeight.set(weight, rules);
  return rules;
}

function rulesOf(release: object): HttpRule[] {
  const plan = planFor(dealcycle, {
    services: { "users-service": { release: { version: "v2", ...release } } },
  });
  return virtualServiceOf(serviceOf(plan, "users-service"), plan).spec.http ?? [];
}

/** Which version answers a request, as Envoy would choose: the first rule that matches. @param draw 0 to 99 */
function answer(rules: HttpRule[], cookie: string | undefined, draw = 0) {
  const rule = rules.find(({ match }) =>
    (match ?? [{}]).some(({ headers = {}, method }) => {
      const asked: Record<string, string | undefined> = { cookie };
      const fits = Object.entries(headers).every(([name, { exact, regex }]) => {
        const value = asked[name];
        return value !== undefined && (exact ? value === exact : new RegExp(`^(?:${regex})$`).test(value));
      });
      return fits && (!method || new RegExp(`^(?:${method.regex})$`).test("GET"));
    }),
  );
  let left = draw;
  const chosen = rule?.route?.find(({ weight = 100 }) => {
    left -= weight;
    return left < 0;
  });
  const set = chosen?.headers?.response?.add?.["set-cookie"];
  return { version: chosen?.destination?.subset, cookie: set?.split(";")[0], set };
}

const draws = Array.from({ length: 100 }, (_, draw) => draw);

describe("Clients of a service with sessions during a canary", () => {
  it("[R28] stay with the version that has answered them first", () => {
    const rules = rulesAt(50);
    for (const draw of draws) {
      const first = answer(rules, undefined, draw);
      const others = draws.map((next) => answer(rules, `a=b; ${first.cookie}; c=d`, next).version);
      expect(new Set(others)).to.deep.equal(new Set([first.version]));
    }
  });

  it("[R28] are as many as the weight says, new ones and those that came at a step before", () => {
    const cookies = draws.map((draw) => answer(rulesAt(10), undefined, draw).cookie);
    for (const weight of [10, 25, 50, 100]) {
      const known = cookies.filter((cookie) => answer(rulesAt(weight), cookie).version === "v2");
      const unknown = draws.filter((draw) => answer(rulesAt(weight), undefined, draw).version === "v2");
      expect([known.length, unknown.length], `at ${weight} %`).to.deep.equal([weight, weight]);
    }
  });

  it("[R28] go from the old version to the new one only, and all back with the release", () => {
    for (const draw of draws) {
      const { cookie } = answer(rulesAt(10), undefined, draw);
      const path = [10, 25, 50, 100].map((weight) => answer(rulesAt(weight), cookie).version);
      expect(path).to.deep.equal([...path].sort());
      expect(answer(rulesAt(0), cookie).version).to.equal("v1");
    }
  });

  it("[R28] are known by a cookie that ends with the browser's session, and no script can read", () => {
    expect(answer(rulesAt(50), undefined, 7).set).to.equal(
      `${COOKIE}=v2-10; Path=/; HttpOnly; Secure; SameSite=Lax`,
    );
  });

  it("[R28] are drawn anew when their cookie is another release's, or made up", () => {
    for (const cookie of [`${COOKIE}=v3-10`, `${COOKIE}=v2-11`, `x${COOKIE}=v2-10`, `${COOKIE}=v2-100000`]) {
      const versions = new Set(draws.map((draw) => answer(rulesAt(50), cookie, draw).version));
      expect([...versions].sort(), cookie).to.deep.equal(["v1", "v2"]);
    }
  });

  it("[R28] stay at a weight that was written by hand, without steps", () => {
    const rules = rulesOf({ weight: 30 });
    const fresh = draws.filter((draw) => answer(rules, undefined, draw).version === "v2");
    expect(fresh).to.have.lengthOf(30);
    for (const draw of draws) {
      const first = answer(rules, undefined, draw);
      expect(answer(rules, first.cookie, 99 - draw).version).to.equal(first.version);
    }
  });

  it("[R28] stay at the front door, too: nginx' sidecar and Istio's gateway have the same rules", () => {
    const services = { "users-service": { release: { version: "v2", weight: 50 } } };
    const plan = planFor(dealcycle, { services });
    for (const { spec } of [frontDoorOf(plan), frontDoorInsideOf(plan)]) {
      const cookies = (spec.http ?? []).filter(({ match }) => match?.some(({ headers }) => headers?.cookie));
      // To each version, for the methods that may be repeated and for the others.
      expect(cookies.map(({ route }) => route?.[0]?.destination?.subset)).to.deep.equal([
        "v2",
        "v2",
        "v1",
        "v1",
      ]);
    }
  });

  it("get no cookie where all of them meet one version, or the service keeps no client", () => {
    for (const weight of [0, 100]) expect(JSON.stringify(rulesAt(weight))).to.not.contain("cookie");
    const services = { "leads-service": { release: { version: "v2", weight: 50 } } };
    const plan = planFor(dealcycle, { services });
    expect(JSON.stringify(virtualServiceOf(serviceOf(plan, "leads-service"), plan))).to.not.contain("cookie");
  });
});
