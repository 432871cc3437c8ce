import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readSecrets } from "../../programs/config";

describe("The secrets of a stack", () => {
  const KEYS = "PULUMI_CONFIG_SECRET_KEYS";
  const before = process.env[KEYS];
  const names = ["FULL", "EMPTY", "BLANK", "PLAIN", "UNSET"];

  beforeEach(() => {
    pulumi.runtime.setAllConfig({
      "shop:FULL": "x",
      "shop:EMPTY": "",
      "shop:BLANK": " \n",
      "shop:PLAIN": "y",
    });
    process.env[KEYS] = JSON.stringify(["shop:FULL", "shop:EMPTY", "shop:BLANK"]);
  });
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
    if (before === undefined) delete process.env[KEYS];
    else process.env[KEYS] = before;
  });

  it("[R13] are known to be empty where there is nothing in them, or white space alone", () => {
    const read = readSecrets("shop", names);
    expect([...read].map(([name, { empty }]) => [name, empty])).to.deep.equal([
      ["FULL", false],
      ["EMPTY", true],
      ["BLANK", true],
      ["PLAIN", false],
    ]);
  });

  it("[O13] are known to be plain text where the engine has not encrypted them", () => {
    const read = readSecrets("shop", names);
    expect([...read].filter(([, { encrypted }]) => !encrypted).map(([name]) => name)).to.deep.equal([
      "PLAIN",
    ]);
  });
});
