// Where Pulumi enters the pack. It requires CommonJS, and looks for the pack's version in the working directory.
process.chdir(__dirname);
module.exports = start();

async function start() {
  const { register } = await import("tsx/esm/api");
  register();
  await import("./pack.ts");
}
