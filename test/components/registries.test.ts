import { expect } from "chai";
import { parseSettings } from "../../model/settings";
import { catalogs } from "../../platforms";
import { malai } from "../../platforms/malai";
import { type Rendered, render, settingsOf } from "../support/render";

/** The pods of everything that has some. */
const podsOf = (resources: Rendered[]) =>
  resources.flatMap(({ inputs }) =>
    inputs.spec?.template?.spec?.containers ? [inputs.spec.template.spec] : [],
  );
const problemsOf = (images: Record<string, unknown>) => {
  const values = { catalog: "malai", context: "c", certificate: "self-signed", images };
  const parsed = parseSettings(values, catalogs);
  return "problems" in parsed ? parsed.problems.map(({ at, problem }) => `${at}: ${problem}`) : [];
};

describe("Images", () => {
  let resources: Rendered[];
  before(async () => {
    const images = { pullSecrets: ["registry"], registryMirror: "mirror.example.com:5000/hub" };
    resources = await render(malai, settingsOf("prod", { images }));
  });

  it("[N8] are pulled with the stack's secrets by every pod, and with none where it names none", async () => {
    const secrets = podsOf(resources).map(({ imagePullSecrets }) => imagePullSecrets);
    expect(secrets).to.have.length.above(15);
    expect(secrets).to.deep.equal(secrets.map(() => [{ name: "registry" }]));
    const without = podsOf(await render(malai, settingsOf("prod")));
    expect(without.filter((pod) => "imagePullSecrets" in pod)).to.deep.equal([]);
  });

  it("[N8] of the platform's own come from the mirror, and the services' from their registry", () => {
    const images = podsOf(resources).flatMap(({ containers, initContainers = [] }) =>
      [...containers, ...initContainers].map(({ image }: { image: string }) => image),
    );
    const own = images.filter((image) => image.startsWith("docker.io/malai/"));
    const mirrored = images.filter((image) => image.startsWith("mirror.example.com:5000/hub/"));
    expect([...own, ...mirrored]).to.have.members(images);
    expect(own).to.have.length(5);
    expect(mirrored).to.include.members([
      "mirror.example.com:5000/hub/library/busybox:1.37.0",
      "mirror.example.com:5000/hub/prom/prometheus:v3.5.0",
    ]);
  });

  it("[N8] refuse a mirror that is a URL, and a secret that no object can be called", () => {
    expect(
      problemsOf({ registryMirror: "https://mirror.example.com/", pullSecrets: ["My Secret"] }),
    ).to.deep.equal([
      'platform:images.pullSecrets.0: "My Secret": is no name of an object of Kubernetes',
      'platform:images.registryMirror: "https://mirror.example.com/": is no registry such as mirror.example.com/docker-hub, without https:// and a / at the end',
    ]);
    expect(
      problemsOf({ registryMirror: "mirror.example.com:5000/docker-hub", pullSecrets: ["a.b-1"] }),
    ).to.deep.equal([]);
  });
});
