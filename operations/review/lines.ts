/** Most lines on each side that are compared; what is longer is only counted. */
const MOST = 1000;

/** The lines that differ between two texts, `- ` before and `+ ` after, in their order. */
export function lineDifferences(old: string, next: string): string[] {
  const before = old.split("\n");
  const after = next.split("\n");
  if (before.length > MOST || after.length > MOST) {
    return [`  ${before.length} lines before, ${after.length} after`];
  }
  const common = commonLengths(before, after);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && length(i + 1, j) >= length(i, j + 1))) {
      lines.push(`- ${before[i++]}`);
    } else {
      lines.push(`+ ${after[j++]}`);
    }
  }
  return lines;

  function length(from: number, to: number): number {
    return common[from]?.[to] ?? 0;
  }
}

/** Length of the longest common subsequence of the rests from each pair of lines. */
function commonLengths(before: string[], after: string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const [row, below] = [table[i] as number[], table[i + 1] as number[]];
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}
