import { expect } from "chai";
import { noLiteralSecrets } from "../../policy/secrets";
import { deployment, messages } from "./objects";

const variable = (name: string, value: string) =>
  messages(noLiteralSecrets, deployment({ env: [{ name, value }] }));

const configMap = (key: string, value: string) =>
  messages(noLiteralSecrets, {
    kind: "ConfigMap",
    metadata: { namespace: "shop", name: "settings" },
    data: { [key]: value },
  });

describe("Policy: no literal secrets", () => {
  it("[O11] [O12] a variable called a secret may not hold a value, which is not repeated", () => {
    expect(variable("PGPASSWORD", "hunter2")).to.deep.equal([
      "Deployment shop/web, container web: PGPASSWORD holds a literal secret; " +
        "put it into a Secret and read it by secretKeyRef",
    ]);
  });

  it("a URL with a password is a secret, whatever it is called", () => {
    expect(variable("BROKER", "amqp://shop:hunter2@rabbitmq:5672/")).to.deep.equal([
      "Deployment shop/web, container web: BROKER holds a URL with a password; " +
        "put it into a Secret and read it by secretKeyRef",
    ]);
  });

  it("well-known keys are secrets, in arguments too", () => {
    const args = ["--key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"];
    expect(messages(noLiteralSecrets, deployment({ args }))).to.deep.equal([
      "Deployment shop/web, container web: an argument holds a private key; " +
        "put it into a Secret and read it by secretKeyRef",
    ]);
  });

  it("a ConfigMap holds no password, not in the middle of a file either", () => {
    expect(configMap("db.conf", "host = postgres\ndb.password = hunter2\n")).to.deep.equal([
      "ConfigMap shop/settings: db.conf holds a literal secret (db.password); put it into a Secret",
    ]);
    expect(configMap("redis.conf", "appendonly yes\nrequirepass hunter2\n")).to.deep.equal([
      "ConfigMap shop/settings: redis.conf holds a literal secret (requirepass); put it into a Secret",
    ]);
    expect(configMap("url", "see postgresql://shop:hunter2@postgres/shop")).to.deep.equal([
      "ConfigMap shop/settings: url holds a URL with a password; put it into a Secret",
    ]);
  });

  it("names of secrets, references and files that hold them are no secrets", () => {
    const variables = [
      variable("REQUIRED_SECRETS", "JWT_SECRET,OMISE_SECRET_KEY"),
      variable("TOKEN", "$(MOUNTED_TOKEN)"),
      variable("PASSWORD", "/run/secrets/password"),
      variable("DATABASE", "postgresql://shop:$(PGPASSWORD)@postgres/shop"),
      variable("PAYMENT_SERVICE_URL", "http://payment-service:80"),
    ];
    const files = [
      configMap("postgresql.conf", "password_encryption = scram-sha-256\nssl_key_file = '/tls/tls.key'"),
      configMap("prometheus.yml", "authorization:\n  credentials_file: /var/run/token\n"),
      configMap("login.sh", 'PASSWORD="$(cat /run/secrets/password)"\n'),
      configMap("nginx.conf", "proxy_pass http://gateway:80;\nproxy_set_header Upgrade $http_upgrade;\n"),
    ];
    expect([...variables, ...files].flat()).to.deep.equal([]);
  });

  it("a variable from a Secret breaks no rule", () => {
    const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } }];
    expect(messages(noLiteralSecrets, deployment({ env }))).to.deep.equal([]);
  });
});
