import { expect } from "chai";
import { path, webSocket } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import type { Problem } from "../../model/problems";
import type { Route } from "../../model/routes";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

/** What is wrong with the routes of services `a` and `b`. */
function problemsOf(a: readonly Route[], b: readonly Route[] = []): string[] {
  const services = { a: { port: 3001, routes: a }, b: { port: 3002, routes: b } };
  return lines(check(makePlan({ ...malai, services }, settingsOf("prod", { services: {} }))));
}

const lines = (problems: Problem[]) =>
  problems.map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);

describe("Checks of routes", () => {
  it("[R2] take a path of /, beside others", () => {
    expect(problemsOf([path("/")], [path("/b"), path("/health/"), webSocket("/ws/")])).to.deep.equal([]);
  });

  it("[R2] refuse what the front door answers itself", () => {
    expect(problemsOf([path("/health"), path("/_nginx_error/404")])).to.deep.equal([
      "services.a.routes: /health is answered by the front door itself; give it another path",
      "services.a.routes: /_nginx_error/404 is answered by the front door itself; give it another path",
    ]);
  });

  it("[R2] refuse two paths that are both what is below, in one service or in two", () => {
    expect(problemsOf([path("/api")], [path("/api/")])).to.deep.equal([
      "services.b.routes: /api/ and /api, which leads to a, both take /api/; leave one of them out",
    ]);
    expect(problemsOf([path("/api/"), path("/api")])).to.deep.equal([
      "services.a.routes: /api and /api/, which leads to a, both take /api/; leave one of them out",
    ]);
    expect(problemsOf([path("/ws/"), webSocket("/ws/")])).to.deep.equal([
      "services.a.routes: /ws/ already leads to a; route each path to one service",
    ]);
  });

  it("[R3] refuse what is no path, and would be configuration of nginx", () => {
    expect(problemsOf([path("api; return 200")])).to.deep.equal([
      'services.a.routes: "api; return 200" is not a path; begin it with /, and write its segments in letters, digits and ._~!@:+,=-, without any encoding: path("/api/")',
    ]);
  });

  for (const written of [
    "",
    "api",
    "//",
    "/a//b",
    "/a/../b",
    "/./",
    "/a b",
    "/a;b",
    "/{a}",
    '/"a"',
    "/'a'",
    "/a\\b",
    "/a$uri",
    "/a#b",
    "/a?b=c",
    "/a%20b",
    "/café",
    "/a\n",
    `/${"a".repeat(1000)}`,
  ]) {
    it(`[R3] refuse ${JSON.stringify(written).slice(0, 20)}, which no front door would find as it is written`, () => {
      expect(problemsOf([path(written)])).to.have.lengthOf(1);
    });
  }
});
