// What survives a reload.  Storage may be absent, full or forbidden (private windows, sandboxed frames): then the page
// still works and merely forgets, so no call here ever throws.

export interface Keep {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** The keys that start with `prefix`, sorted. */
  keys(prefix: string): string[];
}

export function memoryKeep(): Keep {
  const held = new Map<string, string>();
  return {
    get: (key) => held.get(key) ?? null,
    set: (key, value) => void held.set(key, value),
    remove: (key) => void held.delete(key),
    keys: (prefix) => [...held.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
}

/** Keep in `storage` (localStorage or sessionStorage), and in memory where that fails. */
export function browserKeep(open: () => Storage): Keep {
  const spare = memoryKeep();
  const safely = <T>(use: (storage: Storage) => T, otherwise: () => T): T => {
    try {
      return use(open());
    } catch {
      return otherwise();
    }
  };
  return {
    get: (key) => safely((s) => s.getItem(key), () => null) ?? spare.get(key),
    set: (key, value) => safely((s) => s.setItem(key, value), () => spare.set(key, value)),
    remove: (key) => {
      spare.remove(key);
      safely((s) => s.removeItem(key), () => undefined);
    },
    keys: (prefix) => {
      const found = safely((s) => Array.from({ length: s.length }, (_, i) => s.key(i) ?? ""), () => [] as string[]);
      return [...new Set([...found.filter((key) => key.startsWith(prefix)), ...spare.keys(prefix)])].sort();
    },
  };
}
