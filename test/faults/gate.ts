export interface Gate {
  opened: Promise<void>;
  open: () => void;
}

/** What waits for it goes on when it is opened. */
export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
