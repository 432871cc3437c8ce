import { expect } from "chai";
import { execa } from "execa";
import { closedIn, closedInLegacy } from "../../embedded/cluster/network/foreign-firewall";

/** What is said of a firewall that these commands have made: the kernel's own, in a network namespace. */
async function closedBy(setup: string) {
  const { stdout } = await execa(
    "unshare",
    ["--net", "sh", "-ec", `PATH=$PATH:/usr/sbin\n${setup}\nnft list ruleset`],
    { input: "" },
  );
  return closedIn(stdout);
}

const chain = (hook: string, policy: string) =>
  `nft add table ip filter; nft add chain ip filter ${hook.toUpperCase()} '{ type filter hook ${hook} priority 0; policy ${policy}; }'`;

describe("Firewall of the machine", () => {
  it("is told beforehand where its policy for FORWARD is DROP, with the rule that lets pods pass", async () => {
    expect(await closedBy(chain("forward", "drop"))).to.deep.equal([
      {
        problem: "this machine's firewall (ip filter, chain FORWARD) would cut pods off",
        remedy: "let them pass: nft insert rule ip filter FORWARD iifname platform0 accept",
      },
    ]);
  });

  it("is told where it would cut pods off from the node's API server and DNS", async () => {
    const [found] = await closedBy(chain("input", "drop"));
    expect(found?.problem).to.equal("this machine's firewall (ip filter, chain INPUT) would cut pods off");
  });

  it("is told where a chain rejects at its end, as firewalld does", async () => {
    const found = await closedBy(
      `nft add table inet firewalld
       nft add chain inet firewalld filter_FORWARD '{ type filter hook forward priority 10; }'
       nft add rule inet firewalld filter_FORWARD tcp dport '{ 22, 80 }' accept
       nft add rule inet firewalld filter_FORWARD reject with icmpx admin-prohibited`,
    );
    expect(found).to.have.length(1);
  });

  it("is well with the remedy applied, and where it accepts or drops but some packets", async () => {
    const remedied = `${chain("forward", "drop")}; nft insert rule ip filter FORWARD iifname platform0 accept`;
    const someDropped = `${chain("forward", "accept")}; nft add rule ip filter FORWARD tcp dport 25 drop`;
    expect([await closedBy(remedied), await closedBy(someDropped)]).to.deep.equal([[], []]);
  });

  it("is read from the older iptables too, which nft does not list", () => {
    expect(closedInLegacy("-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT")).to.deep.equal([
      {
        problem: "this machine's firewall (iptables-legacy, chain FORWARD) would cut pods off",
        remedy: "let them pass: iptables-legacy -I FORWARD -i platform0 -j ACCEPT",
      },
    ]);
    expect(closedInLegacy("-P FORWARD DROP\n-A FORWARD -i platform0 -j ACCEPT")).to.deep.equal([]);
  });
});
