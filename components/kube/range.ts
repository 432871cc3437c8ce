/** One address as a range of addresses (CIDR), in either version of IP. */
export const rangeOf = (address: string) => `${address}/${address.includes(":") ? 128 : 32}`;
