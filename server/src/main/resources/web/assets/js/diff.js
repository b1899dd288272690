// What changed between two texts, line by line; where both are one long line, as cmdline.txt is, word by word.

/** Beyond this many comparisons the texts are shown whole. */
const MAX_CELLS = 4_000_000;
const CONTEXT = 3;

export function pieces(before, after) {
  const lines = (text) => text.replace(/\n$/, '').split('\n');
  const a = lines(before);
  const b = lines(after);
  return a.length === 1 && b.length === 1 ? [a[0].split(/\s+/), b[0].split(/\s+/)] : [a, b];
}

/** @returns {{kind: 'same' | 'add' | 'cut' | 'gap', text: string}[] | null} null when it would take too long */
export function diff(before, after) {
  const [a, b] = pieces(before, after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const x = a.slice(head, a.length - tail);
  const y = b.slice(head, b.length - tail);
  if (x.length * y.length > MAX_CELLS) return null;
  return folded([
    ...a.slice(0, head).map((text) => ({ kind: 'same', text })),
    ...middle(x, y),
    ...a.slice(a.length - tail).map((text) => ({ kind: 'same', text })),
  ]);
}

/** The longest common subsequence, walked backwards. */
function middle(x, y) {
  const width = y.length + 1;
  const table = new Uint32Array((x.length + 1) * width);
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      table[i * width + j] = x[i] === y[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  const out = [];
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      out.push({ kind: 'same', text: x[i] });
      i++;
      j++;
    } else if (i < x.length && (j === y.length || table[(i + 1) * width + j] >= table[i * width + j + 1])) {
      out.push({ kind: 'cut', text: x[i++] });
    } else {
      out.push({ kind: 'add', text: y[j++] });
    }
  }
  return out;
}

/** Long runs of what is the same are left out. */
function folded(all) {
  const near = all.map((_, at) => all.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((piece) => piece.kind !== 'same'));
  const out = [];
  all.forEach((piece, at) => {
    if (near[at]) out.push(piece);
    else if (out.at(-1)?.kind !== 'gap') out.push({ kind: 'gap', text: '' });
  });
  return out;
}
