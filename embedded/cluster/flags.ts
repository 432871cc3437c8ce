/** Arguments as Kubernetes' programs and etcd take them. */
export function flags(values: Record<string, string | number | boolean>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
