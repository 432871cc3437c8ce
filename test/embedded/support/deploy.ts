import { mkdirSync } from "node:fs";
import { deploy } from "../../../embedded/deployment";
import { pulumiDir } from "../../../embedded/paths";

/** `make up`'s deployment of a stack, with the program that is given in the place of Pulumi. */
const [, , pulumi = ""] = process.argv;

mkdirSync(pulumiDir, { recursive: true });
const file = { stack: "dev", path: "Pulumi.dev.yaml", text: "config: {}\n" };
const tools = { path: () => pulumi, binDir: "/usr/bin" };
try {
  const { changes } = await deploy(
    { file, text: file.text, project: "platform", tools },
    () => {},
    "/policies",
  );
  console.log(JSON.stringify(changes));
} catch (error) {
  console.log((error as Error).message);
  process.exit(1);
}
process.exit(0);
